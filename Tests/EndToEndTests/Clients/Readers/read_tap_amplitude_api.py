"""Reads the known events with the package tap-amplitude-api, whose address is a constant of its module.

Usage: read_tap_amplitude_api.py ADDRESS API_KEY SECRET_KEY FIRST_DAY

The tap asks for whole days up to this hour, and takes a 404 for a day without events. Its records have most keys of an
export, with objects as Python shows them and times in ISO 8601.
"""

import ast
import contextlib
import datetime
import io
import json
import os
import sys
import tempfile
import time

import tap_amplitude

from known_events import KEYS, OBJECTS, TIMES, KnownEvents, compared, report


def main(address, api_key, secret_key, first_day):
    # It takes this machine's clock for the export's.
    os.environ["TZ"] = "UTC"
    time.tzset()
    tap_amplitude.BASE_AMPLITUDE_URL = address + "/api/2/export"
    config = {"auth_user": api_key, "auth_password": secret_key}
    [stream] = json.loads(output(config, "--discover"))["streams"]
    start = tap_amplitude.from_datetime(datetime.datetime.now() - datetime.timedelta(days=3))
    messages = [json.loads(line) for line in output(config, state={"event": start}).splitlines()]
    rows = [exported(message["record"]) for message in messages if message["type"] == "RECORD"]
    keys = list(stream["schema"]["properties"])
    problems = KnownEvents(first_day).problems(rows, keys)
    compared(problems, "keys that exports lack", [key for key in keys if key not in KEYS], [])
    states = [message["value"]["event"] for message in messages if message["type"] == "STATE"]
    latest = max(row["server_upload_time"] for row in rows)
    compared(problems, "how far it is", states, [latest.replace(" ", "T") + "Z"])
    report(problems, events=len(rows), states=len(states))


def output(config, *arguments, **files):
    """What the tap prints."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
        sys.argv = ["tap-amplitude-api", *arguments]
        for name, content in {"config": config, **files}.items():
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(content, file)
            sys.argv += ["--" + name, path]
        tap_amplitude.main()
    return printed.getvalue()


def exported(record):
    """The record as an export has it."""
    row = dict(record)
    for key in OBJECTS:
        if row.get(key) is not None:
            row[key] = ast.literal_eval(row[key])
    for key in TIMES:
        if row.get(key) is not None:
            row[key] = row[key].replace("T", " ").removesuffix("Z")
    for key in ["amplitude_id", "session_id"]:
        row[key] = int(row[key])
    # It makes false of null.
    row["paying"] = row["paying"] or None
    return row


main(*sys.argv[1:])
