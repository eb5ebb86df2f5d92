"""Compares two exports of one project's events: line by line, but for what may differ.

Usage: compare_exports.py A.jsonl B.jsonl [--any-order]. With a zip, all lines of its members.
Prints {"lines": how many, "same": whether they are the same, "first": the first that is not}.
"""

import gzip
import json
import sys
import zipfile


def lines(path):
    if not path.endswith(".zip"):
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            found += gzip.decompress(archive.read(name)).decode("utf-8").splitlines()
    return found


def plain(line):
    row = json.loads(line)
    for key in ["app", "processed_time", "scope"]:
        row.pop(key, None)
    # As text, so that 1 and 1.0 are two.
    return json.dumps(row, ensure_ascii=False)


a, b = ([plain(line) for line in lines(path)] for path in sys.argv[1:3])
if "--any-order" in sys.argv:
    a.sort()
    b.sort()
first = next(({"a": x, "b": y} for x, y in zip(a, b) if x != y), None)
print(json.dumps({"lines": len(a), "same": a == b and len(a) > 0, "first": json.dumps(first)}))
