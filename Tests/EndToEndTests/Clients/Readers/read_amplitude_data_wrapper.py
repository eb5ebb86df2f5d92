"""Reads the known events, their people and types with the package amplitude-data-wrapper, which has a table of regions.

Usage: read_amplitude_data_wrapper.py ADDRESS API_KEY SECRET_KEY FIRST_DAY
"""

import gzip
import json
import os
import sys
import tempfile
import zipfile

import requests
from amplitude_data_wrapper import analytics_api as amplitude

from known_cohorts import people
from known_events import ANNA, BORIS, CARL, KnownEvents, compared, hours, report


def main(address, api_key, secret_key, first_day):
    amplitude.API_DOMAINS["here"] = address
    keys = {"api_key": api_key, "secret": secret_key, "region": "here"}
    known = KnownEvents(first_day)
    rows = exported(keys)
    problems = known.problems(rows)
    numbers = {row["user_id"]: row["amplitude_id"] for row in rows if row["user_id"]}
    for person in [ANNA, BORIS, CARL]:
        found = amplitude.find_user(person, **keys).json()["matches"]
        compared(problems, f"who {person} is", [match["amplitude_id"] for match in found], [numbers[person]])
    types = amplitude.get_all_event_types(**keys).json()
    compared(problems, "event types", sorted(event["event_type"] for event in types["data"]), known.event_types)
    days = {"start": f"{known.days[0]:%Y%m%d}", "end": f"{known.days[-1]:%Y%m%d}"}
    for metric, wanted in [("totals", known.totals("Tick")), ("uniques", [0, 10, 0])]:
        chart = amplitude.get_event_segmentation(event={"event_type": "Tick"}, metrics=metric, **days, **keys).json()
        compared(problems, f"{metric} of Tick", chart["data"]["series"], [wanted])
    check_cohort(problems, address, api_key, secret_key)
    report(problems, events=len(rows))


def check_cohort(problems, address, api_key, secret_key):
    """It downloads cohorts, and makes none."""
    body = {
        "name": "Friends", "app_id": 1, "id_type": "BY_USER_ID", "ids": [ANNA, CARL], "owner": "ann@example.com",
        "published": True}
    made = requests.post(
        address + "/api/3/cohorts/upload", auth=(api_key, secret_key), json=body, timeout=20).json()["cohortId"]
    with tempfile.TemporaryDirectory() as folder:
        for props in [0, 1]:
            path = os.path.join(folder, f"{props}.csv")
            amplitude.get_cohort(api_key, secret_key, made, path, props=props, region="here")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            compared(problems, f"the cohort with props={props}", people(text), {ANNA, CARL})
            compared(problems, f"properties with props={props}", "taste" in text, props == 1)


def exported(keys):
    start, end = hours()
    rows = []
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        amplitude.export_project_data(start, end, filename=file.name, **keys)
        with zipfile.ZipFile(file.name) as archive:
            for name in archive.namelist():
                rows += [json.loads(line) for line in gzip.decompress(archive.read(name)).splitlines()]
    return rows


main(*sys.argv[1:])
