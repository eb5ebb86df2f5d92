"""Sends events, annotations and a release with the package amplitude-python-sdk, which takes addresses, and reads what it can.

Usage: read_amplitude_python_sdk.py ADDRESS API_KEY SECRET_KEY FIRST_DAY
"""

import datetime
import sys

import requests
from amplitude_python_sdk.v1 import AmplitudeV1APIClient, Identification, UserProperties
from amplitude_python_sdk.v2 import ChartAnnotationsAPIClient, CreateChartAnnotationRequest, Event, EventAPIClient
from amplitude_python_sdk.v2.clients.releases_client import ReleasesAPIClient
from amplitude_python_sdk.v2.exceptions.event import InvalidRequestException
from amplitude_python_sdk.v2.models.event import EventAPIOptions
from amplitude_python_sdk.v2.models.releases import Release

from known_events import compared, report

USER = "dora@example.com"


def main(address, api_key, secret_key, first_day):
    problems = []
    check_events(problems, address, api_key, secret_key)
    annotations = check_annotations(problems, address, api_key, secret_key, first_day)
    check_release(problems, address, api_key, secret_key)
    report(problems, annotations=annotations)


def check_events(problems, address, api_key, secret_key):
    client = EventAPIClient(api_key, api_endpoint=address)
    now = datetime.datetime.now()
    events = [
        Event(
            user_id=USER, event_type="Clicked on Foo", time=now - datetime.timedelta(seconds=number), session_id=7,
            insert_id=f"click {number}", event_properties={"foo_id": "bar", "click_position": number})
        for number in range(3)
    ]
    compared(problems, "sent", client.upload(events, options=EventAPIOptions(min_id_length=1)).events_ingested, 3)
    # Of these the last one is new.
    events.append(Event(device_id="dora-phone", event_type="Seen", platform="iOS"))
    compared(problems, "sent as a batch", client.batch_upload(events).events_ingested, 4)
    try:
        problems.append(f"an id that is too short is taken: {client.upload([Event(user_id='d', event_type='Play')])}")
    except InvalidRequestException as error:
        compared(problems, "the code of a refusal", error.error.code, 400)
    set_once = UserProperties(set_fields={"taste": "jazz"}, append_fields={"pets": "cat"}, add_fields={"coins": 3})
    identified = AmplitudeV1APIClient(api_key, api_endpoint=address).identify(
        [Identification(user_id=USER, device_id="dora-phone", user_properties=set_once)])
    compared(problems, "identified", identified.text, "success")

    def ask(path, user):
        answer = requests.get(address + path, params={"user": user}, auth=(api_key, secret_key), timeout=20)
        answer.raise_for_status()
        return answer.json()

    [dora] = ask("/api/2/usersearch", USER)["matches"]
    found = ask("/api/2/useractivity", dora["amplitude_id"])
    compared(
        problems, "what is there", sorted(event["event_type"] for event in found["events"]),
        ["Clicked on Foo"] * 3 + ["Seen"])
    compared(
        problems, "who she is", found["userData"]["properties"], {"taste": "jazz", "pets": ["cat"], "coins": 3})


def check_annotations(problems, address, api_key, secret_key, day):
    client = ChartAnnotationsAPIClient(
        api_key, secret_key, chart_annotations_api_endpoint=address + "/api/2")
    wanted = CreateChartAnnotationRequest(app_id=1, date=day, label="Versión 2 🎵", details="for all")
    made = client.create(wanted)
    compared(problems, "an annotation is made", made.success, True)
    for name, found in [("made", made.annotation), ("alone", client.get(made.annotation.id).annotation)]:
        compared(
            problems, f"an annotation, {name}", (found.id, found.date, found.label, found.details),
            (made.annotation.id, wanted.date, wanted.label, wanted.details))
    listed = client.list().data
    compared(problems, "annotations", listed, [made.annotation])
    return len(listed)


def check_release(problems, address, api_key, secret_key):
    client = ReleasesAPIClient(api_key, secret_key, releases_api_endpoint=address + "/api/2")
    release = Release(
        version="1.2", release_start=datetime.datetime(2026, 1, 2, 3, 4, 5), title="Winter", description="faster",
        release_end=datetime.datetime(2026, 2, 2), platforms=["Android", "iOS"])
    made = client.create(release)
    compared(problems, "a release is made", made.success, True)
    for name in ["version", "release_start", "release_end", "title", "description", "platforms"]:
        compared(problems, f"{name} of the release", getattr(made.release, name), getattr(release, name))


main(*sys.argv[1:])
