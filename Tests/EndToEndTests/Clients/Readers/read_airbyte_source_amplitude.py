"""Reads the known events and their charts with the package airbyte-source-amplitude, whose address is in its manifest.

Usage: read_airbyte_source_amplitude.py ADDRESS API_KEY SECRET_KEY FIRST_DAY

It is run as Airbyte runs it: check, discover, read, and read again from where it was.
"""

import contextlib
import json
import os
import sys
import tempfile

import requests

from known_events import ANNA, BORIS, TIMES, KnownEvents, compared, report

# Its log goes to what is the standard output when it is imported.
with contextlib.redirect_stdout(sys.stderr):
    from airbyte_cdk.entrypoint import AirbyteEntrypoint
    from source_amplitude import SourceAmplitude
    from source_amplitude.streams import Events


def set_address(address):
    """Puts the server in the place of Amplitude, in the manifest and in the stream that is not part of it."""
    read = SourceAmplitude._read_and_parse_yaml_file

    def read_with_address(self, path):
        manifest = read(self, path)
        manifest["definitions"]["requester"]["url_base"] = address + "/api"
        return manifest

    SourceAmplitude._read_and_parse_yaml_file = read_with_address
    Events.url_base = property(lambda self: address + "/api/")


def main(address, api_key, secret_key, first_day):
    set_address(address)
    config = {
        "api_key": api_key,
        "secret_key": secret_key,
        "start_date": first_day + "T00:00:00Z",
        # What Airbyte fills in.
        "data_region": "Standard Server",
        "request_time_range": 24,
        "active_users_group_by_country": True,
    }
    problems = []
    check_connection(problems, config)
    [catalog] = [message["catalog"] for message in messages("discover", config=config) if "catalog" in message]
    streams = {stream["name"]: stream for stream in catalog["streams"]}
    annotation = annotate(address, api_key, secret_key, first_day)
    cohort = gather(address, api_key, secret_key)
    wanted = ["events", "active_users", "average_session_length", "events_list", "annotations", "cohorts"]
    records, states = read(config, [streams[name] for name in wanted])

    known = KnownEvents(first_day)
    rows = [exported(row) for row in records["events"]]
    problems += known.problems(rows)
    compared(problems, "annotations", records["annotations"], [annotation])
    compared(
        problems, "cohorts", [(row["id"], row["name"], row["size"], row["archived"]) for row in records["cohorts"]],
        [(cohort, "Friends", 2, False)])
    days = [str(day) for day in known.days]
    compared(problems, "event types", sorted(event["value"] for event in records["events_list"]), known.event_types)
    compared(
        problems, "active users",
        {row["date"]: row["statistics"] for row in records["active_users"] if row["date"] in days},
        {day: {"(none)": nowhere, "Germany": germany}
         for day, nowhere, germany in zip(days, known.active("(none)"), known.active("Germany"))})
    compared(
        problems, "lengths of sessions",
        {row["date"][:10]: row["length"] for row in records["average_session_length"] if row["date"][:10] in days},
        dict(zip(days, [300, 0, 0])))
    check_ungrouped(problems, config, streams["active_users"], known)
    again = check_state(problems, config, streams["events"], rows, states)
    report(problems, **{name: len(records[name]) for name in ["events", "events_list", "annotations", "cohorts"]}, again=again)


def annotate(address, api_key, secret_key, day):
    """Makes an annotation, and returns it as it is to be read."""
    remark = {"date": day, "label": "Versión 2 🎵", "details": "for all"}
    answer = requests.post(address + "/api/2/annotations", auth=(api_key, secret_key), data={"app_id": 1} | remark)
    answer.raise_for_status()
    return {"id": answer.json()["annotation"]["id"]} | remark


def gather(address, api_key, secret_key):
    """Makes a cohort of two people, and returns its id."""
    people = {"name": "Friends", "app_id": 1, "id_type": "BY_USER_ID", "ids": [ANNA, BORIS], "owner": "ann@example.com"}
    answer = requests.post(
        address + "/api/3/cohorts/upload", auth=(api_key, secret_key), json=people | {"published": True})
    answer.raise_for_status()
    return answer.json()["cohortId"]


def check_connection(problems, config):
    for secret, wanted in [(config["secret_key"], "SUCCEEDED"), ("no-such-key", "FAILED")]:
        said = messages("check", config=config | {"secret_key": secret})
        states = [message["connectionStatus"]["status"] for message in said if "connectionStatus" in message]
        compared(problems, f"the connection with {secret}", states, [wanted])


def check_ungrouped(problems, config, stream, known):
    """The source's own setting against grouping leaves an empty `g`."""
    records, _ = read(config | {"active_users_group_by_country": False}, [stream])
    counts = {row["date"]: list(row["statistics"].values()) for row in records["active_users"]}
    compared(
        problems, "active users of all countries", [counts.get(str(day)) for day in known.days],
        [[count] for count in known.active()])


def check_state(problems, config, stream, rows, states):
    """From the last state on come those of that moment alone: it is the earliest that may not be complete."""
    state = [state for state in states if state["stream"]["stream_descriptor"]["name"] == "events"][-1]
    latest = max(row["server_upload_time"] for row in rows)
    compared(problems, "how far it is", state["stream"]["stream_state"], {"server_upload_time": latest})
    records, _ = read(config, [stream], [state])
    compared(
        problems, "what comes again", sorted(row["uuid"] for row in records["events"]),
        sorted(row["uuid"] for row in rows if row["server_upload_time"] == latest))
    return len(records["events"])


def read(config, streams, state=None):
    """The records of each stream, and all states."""
    catalog = {"streams": [
        {
            "stream": stream,
            "sync_mode": "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh",
            "destination_sync_mode": "append",
        } for stream in streams
    ]}
    files = {"config": config, "catalog": catalog} | ({"state": state} if state else {})
    records, states = {stream["name"]: [] for stream in streams}, []
    for message in messages("read", **files):
        if "record" in message:
            records[message["record"]["stream"]].append(message["record"]["data"])
        elif "state" in message:
            states.append(message["state"])
    return records, states


def messages(command, **files):
    """What the source says, as it prints it for Airbyte."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = [command]
        for name, content in files.items():
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(content, file)
            arguments += ["--" + name, path]
        said = AirbyteEntrypoint(SourceAmplitude()).run(AirbyteEntrypoint.parse_args(arguments))
        return [json.loads(line) for message in said for line in message.splitlines()]


def exported(record):
    """The record as an export has it."""
    row = dict(record)
    for key in TIMES:
        if row[key] is not None:
            date, time = row[key].removesuffix("+00:00").split("T")
            row[key] = f"{date} {time}" + ("" if "." in time else ".000000")
    return row


main(*sys.argv[1:])
