#!/usr/bin/env bash
# Installs the PyPI package dicomweb-client, a client that is not ours, into ~/.cache/bucky-tools, once; the end-to-end tests use it.
set -euo pipefail
folder="$HOME/.cache/bucky-tools/dicomweb-client-0.61.2"
[ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import dicomweb_client' 2>/dev/null && exit 0
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" --quiet --disable-pip-version-check install dicomweb-client==0.61.2
