"""Sends a shop's events in large requests, and prints how they were answered.

Usage: load_shop.py ADDRESS API_KEY FILE HOURS_LATER
"""

import csv
import gzip
import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

EVENTS_PER_REQUEST = 1500


def events(file, hours_later):
    with gzip.open(file, "rt", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            moment = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=timezone.utc)
            moment += timedelta(hours=int(hours_later))
            yield {
                "user_id": row["user_id"],
                "event_type": row["event"],
                "time": int(moment.timestamp()) * 1000,
                "insert_id": f"line-{number}",
                "platform": row["platform"],
                "event_properties": {"session": row["session_id"]},
                "user_properties": {"channel": row["acquisition_channel"]},
            }


def send(address, api_key, batch):
    body = json.dumps({"api_key": api_key, "events": batch, "options": {"min_id_length": 1}}).encode()
    assert len(body) < 1_000_000
    request = urllib.request.Request(address + "/2/httpapi", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["events_ingested"]


def main(address, api_key, file, hours_later):
    accepted = 0
    batch = []
    for event in events(file, hours_later):
        batch.append(event)
        if len(batch) == EVENTS_PER_REQUEST:
            accepted += send(address, api_key, batch)
            batch = []
    if batch:
        accepted += send(address, api_key, batch)
    print(json.dumps({"accepted": accepted}))


main(*sys.argv[1:])
