"""Reads one export as JSON lines, as CSV and as Parquet, sees that they say the same, and prints what is in it.

Usage: read_exports.py FOLDER NAME
"""

import csv
import datetime
import json
import sys

import pyarrow
import pyarrow.parquet


def same_cell(cell, value):
    if value is None:
        return cell == ""
    return cell == value if isinstance(value, str) else json.loads(cell) == value


def same_value(parquet, value):
    if isinstance(value, dict):
        return json.loads(parquet) == value
    if isinstance(parquet, datetime.datetime):
        return parquet == datetime.datetime.fromisoformat(value)
    return parquet == value


def main(folder, name):
    csv.field_size_limit(1 << 30)
    with open(f"{folder}/{name}.jsonl", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file]
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file, strict=True))
    table = pyarrow.parquet.read_table(f"{folder}/{name}.parquet")
    values = table.to_pylist()
    assert len(rows) == len(cells) == len(values), (len(rows), len(cells), len(values))
    for row, cell, value in zip(rows, cells, values):
        assert list(row) == list(cell) == list(value) == sorted(row) and len(row) == 55
        for key in row:
            assert same_cell(cell[key], row[key]), (key, cell[key], row[key])
            assert same_value(value[key], row[key]), (key, value[key], row[key])
    print(json.dumps({
        "events": len(rows),
        "different": len({row["uuid"] for row in rows}),
        "types": sorted({row["event_type"] for row in rows}),
        "countries": sorted({row["country"] for row in rows if row["country"]}),
        "columns": {field.name: str(field.type) for field in table.schema},
    }))


main(*sys.argv[1:])
