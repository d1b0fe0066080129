#!/usr/bin/python3
"""Compares our Native DICOM Model (PS3.19 A.1) of every file of a folder with that of dcmtk's dcm2xml, Attribute by
Attribute; ends with 1 when a difference is left. Usage: compare-xml-with-dcmtk.py FOLDER   (needs the built packages, node
and Debian's dcmtk)"""

import collections
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

NAMESPACE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"
# What each writes of its own accord: binary values, that dcm2xml leaves out; and numbers, whose digits may differ
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
NUMBERS = {"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"}


def local(element):
    return element.tag.replace(NAMESPACE, "")


def value_of(element, vr):
    """Text of a Value, trimmed as PS3.5 6.2 lets one; components of a name."""
    if local(element) == "PersonName":
        return tuple(
            (local(group), tuple((local(part), (part.text or "").strip()) for part in group if (part.text or "").strip()))
            for group in element
            if any((part.text or "").strip() for part in group)
        )
    text = (element.text or "").strip(" \0")
    if vr in NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def without_repeats(value):
    """dcm2xml 3.6.7 writes an ideographic group once more as the phonetic one."""
    if isinstance(value, tuple) and len(value) == 3 and value[1][1] == value[2][1]:
        return value[:2]
    return value


def walk(parent, path=""):
    """Yields place and content of each Attribute: (path with private creator, vr, keyword, values by number)."""
    for attribute in parent:
        tag, vr = attribute.get("tag"), attribute.get("vr")
        # File Meta Information, group lengths, padding; and the character set, which dcm2xml changes to that of its output
        if tag.startswith("0002") or tag.endswith("0000") or tag in ("FFFCFFFC", "00080005"):
            continue
        creator = attribute.get("privateCreator")
        place = f"{path}{tag}" if creator is None else f"{path}{tag} {creator.strip()}"
        values = {}
        for child in attribute:
            if local(child) in ("Value", "PersonName") and vr not in BINARY:
                value = value_of(child, vr)
                if value not in ("", ()):
                    values[child.get("number")] = without_repeats(value)
        yield place, vr, attribute.get("keyword"), values
        for item in attribute:
            if local(item) == "Item":
                yield from walk(item, f"{place}/{item.get('number')}/")


def close(one, other):
    if isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= 1e-6 * max(abs(one), abs(other)) or (one != one and other != other)
    return one == other


def same_values(ours, theirs):
    return ours.keys() == theirs.keys() and all(close(ours[key], theirs[key]) for key in ours)


def dcm2xml(path):
    done = subprocess.run(["dcm2xml", "-nat", "+U8", "+M", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


folder = pathlib.Path(sys.argv[1])
paths = sorted(str(path) for path in folder.rglob("*") if path.is_file() and path.suffix in (".dcm", ""))
printed = subprocess.run(
    ["node", str(pathlib.Path(__file__).parent / "print-native-xml.js")],
    input="\n".join(paths),
    stdout=subprocess.PIPE,
    check=True,
    text=True,
).stdout.splitlines()

counted = collections.Counter()
left = []
for line in printed:
    answer = json.loads(line)
    path = answer["path"]
    if "xml" not in answer:
        counted["refused by us"] += 1
        continue
    our_root = ElementTree.fromstring(answer["xml"].encode())  # well-formed, or this ends
    text = dcm2xml(path)
    try:
        their_root = None if text is None else ElementTree.fromstring(text)
    except ElementTree.ParseError:
        their_root = None
    if their_root is None:
        counted["not read by dcm2xml"] += 1
        continue
    counted["files"] += 1
    ours = {one[0]: one[1:] for one in walk(our_root)}
    theirs = {one[0]: one[1:] for one in walk(their_root)}
    # Private groups whose creator is written as UN: dcm2xml does not take that for one, PS3.5 7.8.1 does
    unread = {place[-8:-4] for place, (vr, *_) in theirs.items() if vr == "UN" and place[-4:-2] == "00"}
    for place in sorted(ours.keys() | theirs.keys()):
        counted["attributes"] += 1
        tag = place.rsplit("/", 1)[-1][:8]
        if tag[:4] in unread:
            counted["private Attributes whose creator is written as UN"] += 1
            continue
        if tag == "00280120" or (tag[:4] == "7001" and " " not in place):
            counted["private Attributes without a creator, and one VR that is UN in a damaged file"] += 1
            continue
        if place not in ours or place not in theirs:
            left.append((path, place, ours.get(place), theirs.get(place)))
            continue
        (our_vr, our_word, our_values), (vr, word, values) = ours[place], theirs[place]
        if our_vr == "UN" and int(tag[:4], 16) % 2 == 1:
            counted["private VRs that only dcm2xml's dictionary has"] += 1
        elif {our_vr, vr} == {"OB", "OW"}:
            counted["OB or OW"] += 1
        elif tag == "00283006" and our_vr == vr:
            counted["tables of OW, that dcm2xml writes as numbers"] += 1
        elif our_vr != vr or (word is not None and our_word != word):
            left.append((path, place, ours[place], theirs[place]))
        elif not same_values(our_values, values):
            left.append((path, place, our_values, values))

print(", ".join(f"{count} {name}" for name, count in counted.items()), f", {len(left)} differences", sep="")
for one in left[:40]:
    print(*one, sep="\n    ")
sys.exit(1 if left or counted["files"] == 0 else 0)
