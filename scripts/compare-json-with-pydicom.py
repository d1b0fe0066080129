#!/usr/bin/python3
"""Compares our DICOM JSON of every file of a folder, field by field, with that of pydicom; ends with 1 when a difference
is not explained by the table below. Usage: compare-json-with-pydicom.py FOLDER [-v]   (needs the built packages, node
and Debian's python3-pydicom)"""

import base64
import collections
import json
import pathlib
import struct
import subprocess
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
folder = pathlib.Path(sys.argv[1])
verbose = "-v" in sys.argv

# Words of a value, for byte order: PS3.5 7.3.
WORD = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}


class Field:
    """One Attribute as both see it, and its bytes as they lie in the file."""

    def __init__(self, path, raw, theirs, ours):
        self.path = path
        self.vr = getattr(raw, "VR", None)
        self.bytes = raw.value if isinstance(raw, pydicom.dataelem.RawDataElement) else None
        self.is_little_endian = getattr(raw, "is_little_endian", True)
        self.theirs = theirs
        self.ours = ours


def without_nothing(value):
    """Takes empty text, empty groups of a name and null for the same."""
    if isinstance(value, list):
        return [without_nothing(one) for one in value]
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if one != ""} or None
    return None if value == "" else value


def swapped(data, size):
    return b"".join(data[at : at + size][::-1] for at in range(0, len(data) - size + 1, size))


def is_empty_value(field):
    """Only values that are empty differ."""
    if "InlineBinary" in field.theirs or "InlineBinary" in field.ours:
        return False
    theirs = {"vr": field.theirs["vr"], "Value": without_nothing(field.theirs.get("Value", []))}
    ours = {"vr": field.ours["vr"], "Value": field.ours.get("Value", [])}
    return same(theirs, ours)


def is_private_dictionary(field):
    """pydicom guesses the VR of a private Attribute; we give the very bytes as UN."""
    group = int(field.path.split("/")[-1][:4], 16)
    given = field.ours.get("InlineBinary", "")
    known = field.bytes is None or base64.b64decode(given) == (field.bytes or b"")
    return group % 2 == 1 and field.ours["vr"] == "UN" and field.theirs["vr"] != "UN" and known


def is_big_endian_binary(field):
    size = WORD.get(field.ours["vr"])
    if field.is_little_endian or size is None or field.theirs["vr"] != field.ours["vr"]:
        return False
    return swapped(base64.b64decode(field.theirs["InlineBinary"]), size) == base64.b64decode(field.ours["InlineBinary"])


def is_undecided_vr(field):
    """The same value, whose VR pydicom leaves as `OB or OW`."""
    return " or " in field.theirs["vr"] and field.theirs.get("InlineBinary") == field.ours.get("InlineBinary")


def is_escape_left(field):
    """pydicom 2.3 leaves the escape sequences of ISO 2022 IR 58 in the text."""
    text = json.dumps(field.theirs)
    return "\\u001b$)A" in text and text.replace("\\u001b$)A", "") == json.dumps(field.ours)


def is_padding(field):
    """pydicom leaves spaces around the values but the last."""
    values = field.theirs.get("Value", [])
    return len(values) > 0 and same([one.strip(" ") if isinstance(one, str) else one for one in values], field.ours.get("Value", []))


def is_sequence_in_un(field):
    """pydicom takes a UN apart of which the dictionary says that it is a Sequence; we give the very bytes."""
    return field.vr == "UN" == field.ours["vr"] and field.theirs["vr"] == "SQ" and field.bytes is not None and (
        base64.b64decode(field.ours.get("InlineBinary", "")) == field.bytes
    )


def is_latin9(field):
    """pydicom 2.3 does not know ISO_IR 203 and takes it for Latin alphabet No. 1."""
    return json.dumps(field.theirs, ensure_ascii=False).encode("latin-1", "replace").decode("iso8859-15") == json.dumps(
        field.ours, ensure_ascii=False
    )


def is_no_number(field):
    """pydicom refuses the value; we give it as text."""
    text = (field.bytes or b"").decode("latin-1").strip(" \0")
    return isinstance(field.theirs, Exception) and field.ours.get("Value") == text.split("\\")


EXPLAINED = [
    (is_empty_value, "PS3.18 F.2.5: empty values among others are null; F.2.2: only non-empty name components are encoded"),
    (is_private_dictionary, "PS3.5 6.2.2: UN is the VR of what is unknown; PS3.6 defines no private Attributes"),
    (is_big_endian_binary, "PS3.18 F.2.7 with 8.7.3: what leaves is little endian, whatever the file is"),
    (is_undecided_vr, "PS3.18 F.2.3: vr is one VR of PS3.5 6.2; PS3.5 A.1: OW where it is not written"),
    (is_escape_left, "PS3.5 6.1.2.5: an escape sequence designates a character set and is no character"),
    (is_padding, "PS3.5 6.2: spaces at either end of AE, CS, DS, IS, LO, PN and SH have no meaning"),
    (is_sequence_in_un, "PS3.5 6.2.2: who knows a VR may read UN by it; we do so for values, not for Sequences"),
    (is_latin9, "PS3.3 C.12.1.1.2: ISO_IR 203 is Latin alphabet No. 9"),
    (is_no_number, "PS3.18 F.2.3, note: IS and DS may be strings"),
]

# Attributes that pydicom does not find.
OVERLOOKED = {
    ("malformed/last-frame-too-short.dcm", "7FE00010"): "pydicom drops encapsulated Pixel Data that end with the file",
    ("malformed/missing-sequence-delimiter.dcm", "7FE00010"): "pydicom drops encapsulated Pixel Data that end with the file",
}

# Files that pydicom reads otherwise from the first odd byte on, and why we are right.
MISREAD = {
    "malformed/ge-private-be.dcm": "pydicom cannot read it at all",
    "malformed/cut-in-last-element-a.dcm": "pydicom takes a blank VR for the length of an implicit element and swallows the next ones",
}


def same(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return float(a) == float(b)
    if isinstance(a, str) and isinstance(b, str):
        return str.__eq__(a, b)  # pydicom's UIDs and VRs are strings of their own kind
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a is b


class Comparison:
    def __init__(self, name, answer, data):
        self.name = name
        self.bulk = answer["bulk"]
        self.data = data
        self.fields = 0
        self.explained = collections.Counter()
        self.unexplained = []

    def wrong(self, path, *what):
        self.unexplained.append((self.name, path, *(str(one)[:200] for one in what)))

    def data_set(self, theirs, ours, path=""):
        """Compares two Data Sets; group lengths, File Meta and padding have no place in DICOM JSON (PS3.18 F.2.2)."""
        left_out = lambda tag: tag.element == 0 or tag.group in (2, 0xFFFE) or tag == 0xFFFCFFFC
        tags = [tag for tag in theirs.keys() if not left_out(tag)]
        keys = ["%08X" % tag for tag in tags]
        overlooked = {key: OVERLOOKED[self.name, path + key] for key in ours if (self.name, path + key) in OVERLOOKED}
        self.explained.update(overlooked.values())
        if sorted([*keys, *overlooked]) != list(ours):
            self.wrong(path, "other Attributes, or out of order", sorted(set(keys) ^ set(ours)))
        for tag, key in zip(tags, keys):
            if key in ours:
                self.attribute(theirs, tag, path + key, ours[key])

    def attribute(self, theirs, tag, path, ours):
        self.fields += 1
        raw = theirs._dict[tag]  # as read; theirs[tag] takes it apart
        try:
            element = theirs[tag]
            if element.VR == "SQ" and ours["vr"] == "SQ":
                return self.sequence(element.value, path, ours)
            value = element.to_json_dict(None, 0)
            if "BulkDataURI" in ours:
                return self.bulk_data(element, raw, path, ours)
        except Exception as error:
            value = error
        if not isinstance(value, Exception) and same(value, ours):
            return None
        field = Field(path, raw, value, ours)
        for explains, why in EXPLAINED:
            if (isinstance(value, Exception) == (explains is is_no_number)) and explains(field):
                self.explained[why] += 1
                return None
        return self.wrong(path, field.vr, value, ours)

    def sequence(self, items, path, ours):
        given = ours.get("Value", [])
        if len(items) != len(given) or ("Value" in ours) != (len(items) > 0):
            return self.wrong(path, f"{len(items)} items", ours)
        for index, (item, one) in enumerate(zip(items, given)):
            self.data_set(item, one, f"{path}/{index}/")

    def bulk_data(self, element, raw, path, ours):
        if ours["BulkDataURI"] != path:
            return self.wrong(path, ours["BulkDataURI"])
        if self.data is None:
            return None
        offset, length = self.bulk[path]
        value = element.value
        if not isinstance(value, bytes):
            order = "<" if getattr(raw, "is_little_endian", True) else ">"
            value = getattr(raw, "value", None) if element.VR not in NUMBERS else struct.pack(
                f"{order}{len(element.value)}{NUMBERS[element.VR]}", *element.value
            )
        # Of encapsulated Pixel Data pydicom leaves out the Sequence Delimitation Item, and of padding the last byte.
        if self.data[offset : offset + length][: len(value)] != value or length - len(value) not in (0, 1, 8):
            return self.wrong(path, "other bytes", length, len(value))
        return None


paths = sorted(str(path) for path in folder.rglob("*") if path.is_file() and path.suffix not in (".json", ".md"))
lines = subprocess.run(
    ["node", str(pathlib.Path(__file__).parent / "print-dicom-json.js")],
    input="\n".join(paths),
    stdout=subprocess.PIPE,
    check=True,
    text=True,
).stdout.splitlines()

explained = collections.Counter()
unexplained = []
refused = collections.Counter()
files = fields = 0
for line in lines:
    answer = json.loads(line)
    name = str(pathlib.Path(answer["path"]).relative_to(folder))
    if "error" in answer:
        refused[answer["error"]] += 1
        continue
    if name in MISREAD:
        explained[f"{name}: {MISREAD[name]}"] += 1
        continue
    data = None if answer["deflated"] else pathlib.Path(answer["path"]).read_bytes()
    comparison = Comparison(name, answer, data)
    comparison.data_set(pydicom.dcmread(answer["path"], force=True), answer["json"])
    files += 1
    fields += comparison.fields
    explained += comparison.explained
    unexplained += comparison.unexplained

print(f"{len(lines)} files: {files} compared, {fields} fields; {sum(refused.values())} not taken ({dict(refused)})")
for why, count in explained.most_common():
    print(f"{count:6} {why}")
print(f"{len(unexplained)} differences not explained")
for one in unexplained if verbose else unexplained[:20]:
    print("      ", *one, sep="\n         ")
sys.exit(1 if unexplained or files == 0 else 0)
