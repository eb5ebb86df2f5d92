"""Makes files to be imported, as others make them: make_imports.py ROWS.jsonl FOLDER.

    deflated.zip    the rows as Python's zipfile packs them, names that lead out of the folder, and a folder
    halves/         the rows in two files, one under gzip with two members
    cut.json.gz     a gzip file that ends in the middle
    wrong.json.gz   one whose middle is damaged
    zeros.json.gz   10 GB of zeros in 10 MB
    bomb.zip        a zip file whose members all are the same bytes
    long.jsonl      a line of 9 MB, and a row
    odd.jsonl       lines that are no events
"""

import gzip
import os
import struct
import sys
import zipfile

rows, folder = sys.argv[1:3]
with open(rows, "rb") as file:
    lines = file.readlines()
middle = len(lines) // 2
parts = [b"".join(lines[:middle]), b"".join(lines[middle:])]


def path(name):
    return os.path.join(folder, name)


with zipfile.ZipFile(path("deflated.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("7/", b"")
    archive.writestr("../../7_2026-01-31_10#0.json.gz", gzip.compress(parts[1]))
    archive.writestr("/etc/7_2026-01-31_9#0.json", parts[0])

os.makedirs(path("halves/deeper"), exist_ok=True)
with open(path("halves/deeper/a.json.gz"), "wb") as file:
    half = len(parts[0]) // 2
    file.write(gzip.compress(parts[0][:half]) + gzip.compress(parts[0][half:]))
with open(path("halves/b.jsonl"), "wb") as file:
    file.write(parts[1].rstrip(b"\n"))

packed = gzip.compress(b"".join(lines))
with open(path("cut.json.gz"), "wb") as file:
    file.write(packed[: len(packed) // 2])
with open(path("wrong.json.gz"), "wb") as file:
    damaged = bytearray(packed)
    damaged[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    file.write(damaged)

zeros = gzip.compress(bytes(10 << 20), 9)
with open(path("zeros.json.gz"), "wb") as file:
    for _ in range(1000):
        file.write(zeros)

with zipfile.ZipFile(path("bomb.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("a", bytes(1 << 20))
with open(path("bomb.zip"), "rb") as file:
    bomb = file.read()
start = bomb.index(b"PK\x01\x02")
end = bomb.index(b"PK\x05\x06")
entry = bomb[start:end]
count = 1000
with open(path("bomb.zip"), "wb") as file:
    file.write(bomb[:start] + entry * count)
    file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0))

with open(path("long.jsonl"), "wb") as file:
    file.write(b'{"event_type":"' + b"x" * (9 << 20) + b'"}\n' + lines[0])

with open(path("odd.jsonl"), "wb") as file:
    file.write(lines[0] + b"{}\n[]\nnull\n\xff\xfe\n" + b"[" * 100000 + b"\n" + lines[1])
