"""Reads annotations, cohorts and charts of the known events with the package airbyte-agent-amplitude, whose address is in its
model.

Usage: read_airbyte_agent_amplitude.py ADDRESS API_KEY SECRET_KEY FIRST_DAY

It needs Python 3.13.
"""

import asyncio
import os
import sys

# It would tell its makers of each call.
os.environ["AIRBYTE_TELEMETRY_MODE"] = "disabled"

import requests
from airbyte_agent_amplitude import AmplitudeConnector
from airbyte_agent_amplitude.connector_model import AmplitudeConnectorModel
from airbyte_agent_amplitude.models import AmplitudeAuthConfig

from known_events import ANNA, BORIS, KnownEvents, compared, report


def main(address, api_key, secret_key, first_day):
    AmplitudeConnectorModel.base_url = address + "/api"
    made = {
        "annotation": {"date": first_day, "label": "Versión 2 🎵", "details": "for all"},
        "cohort": {
            "name": "Friends", "app_id": 1, "id_type": "BY_USER_ID", "ids": [ANNA, BORIS], "owner": "ann@example.com",
            "published": True},
    }
    annotation = sent(address, api_key, secret_key, "2/annotations", data={"app_id": 1} | made["annotation"])
    cohort = sent(address, api_key, secret_key, "3/cohorts/upload", json=made["cohort"])
    problems, read = asyncio.run(
        check(api_key, secret_key, KnownEvents(first_day), annotation["annotation"]["id"], cohort["cohortId"], made))
    report(problems, **read)


def sent(address, api_key, secret_key, path, **body):
    answer = requests.post(f"{address}/api/{path}", auth=(api_key, secret_key), timeout=20, **body)
    answer.raise_for_status()
    return answer.json()


async def check(api_key, secret_key, known, annotation, cohort, made):
    problems = []
    connector = AmplitudeConnector(auth_config=AmplitudeAuthConfig(api_key=api_key, secret_key=secret_key))
    compared(problems, "its health", (await connector.check()).status, "healthy")
    wrong = AmplitudeConnector(auth_config=AmplitudeAuthConfig(api_key=api_key, secret_key="no-such-key"))
    compared(problems, "its health with a wrong secret", (await wrong.check()).status, "unhealthy")

    async def rows(entity, **params):
        return (await connector.execute(entity, "list", params)).data

    annotations = await rows("annotations")
    compared(problems, "annotations", annotations, [{"id": annotation} | made["annotation"]])
    one = await connector.execute("annotations", "get", {"annotation_id": annotation})
    one = one.get("data", one)
    compared(problems, "an annotation", (one["id"], one["label"]), (annotation, made["annotation"]["label"]))
    cohorts = await rows("cohorts")
    compared(problems, "cohorts", [(c["id"], c["name"], c["size"]) for c in cohorts], [(cohort, "Friends", 2)])
    one = await connector.execute("cohorts", "get", {"cohort_id": cohort})
    one = one.get("cohort", one)
    compared(problems, "a cohort", (one["id"], one["name"]), (cohort, "Friends"))
    events = await rows("events_list")
    compared(problems, "event types", sorted(event["value"] for event in events), known.event_types)
    days = {"start": f"{known.days[0]:%Y%m%d}", "end": f"{known.days[-1]:%Y%m%d}"}
    active = await rows("active_users", **days)
    compared(problems, "active users", active["series"], [known.active()])
    lengths = await rows("average_session_length", **days)
    compared(problems, "lengths of sessions", lengths["series"], [[300, 0, 0]])
    return problems, {"annotations": len(annotations), "cohorts": len(cohorts), "events_list": len(events)}


main(*sys.argv[1:])
