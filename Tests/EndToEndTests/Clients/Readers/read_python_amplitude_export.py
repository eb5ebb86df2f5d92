"""Reads the known events with the package python-amplitude-export, whose address is an attribute of its class.

Usage: read_python_amplitude_export.py ADDRESS API_KEY SECRET_KEY FIRST_DAY
"""

import sys

import requests
from amplitude import AmplitudeExport

from known_events import KEYS, KnownEvents, compared, hours, report


class Export(AmplitudeExport):
    URL = ""


def main(address, api_key, secret_key, first_day):
    Export.URL = address + "/api/2/export"
    client = Export(api_key, secret_key)
    rows = client.export(*hours())
    problems = KnownEvents(first_day).problems(rows)
    compared(problems, "the order of keys", list(rows[0]), KEYS)
    # Where there is nothing it raises what is told with the 404.
    try:
        problems.append(f"there is something long ago: {client.export('20200101T00', '20200101T05')}")
    except requests.HTTPError as error:
        compared(problems, "an empty range", error.response.status_code, 404)
    report(problems, events=len(rows))


main(*sys.argv[1:])
