"""Sends a small shop's events with Amplitude's own client, and prints what the client told its user.

Usage: track_events.py ADDRESS API_KEY
"""

import json
import logging
import sys

from amplitude import Amplitude, BaseEvent, EventOptions, Identify

MARCH_1 = 1_709_251_200_000  # 2024-03-01T00:00Z
DAY = 86_400_000

# Day of March, user, event type, event properties. One user id is of those that stand for nobody.
EVENTS = [
    (1, "anna@example.com", "View", {"item": "lamp", "price": 40}),
    (1, "anna@example.com", "View", {"item": "chair", "price": 90}),
    (1, "boris@example.com", "View", {"item": "lamp", "price": 40}),
    (2, "anna@example.com", "Buy", {"item": "lamp", "price": 40}),
    (2, "anonymous", "View", {"item": "table", "price": 200}),
    (3, "boris@example.com", "View", {"item": "lamp", "price": 40}),
    (3, "çelik@example.com", "View", {"item": "chaise longue à 100 %", "price": 120.5}),
    (3, "çelik@example.com", "Buy", {"item": "chaise longue à 100 %", "price": 120.5}),
]


class Recorder(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def flush(client):
    for future in client.flush():
        if future:
            future.result(timeout=10)


def main(address, api_key):
    callbacks = []
    log = Recorder()
    client = Amplitude(api_key)
    client.configuration.server_url = address + "/2/httpapi"
    client.configuration.flush_interval_millis = 1000
    client.configuration.callback = lambda event, code, message: callbacks.append(
        {"user": event.user_id, "type": event.event_type, "code": code, "message": message}
    )
    client.configuration.logger.addHandler(log)

    client.identify(Identify().set("plan", "gold"), EventOptions(user_id="anna@example.com", time=MARCH_1))
    for day, user, event_type, properties in EVENTS:
        time = MARCH_1 + (day - 1) * DAY + 12 * 3_600_000
        client.track(BaseEvent(event_type, user_id=user, time=time, event_properties=properties))
    flush(client)
    flush(client)  # what came in one request with the refused event, which the client sends again
    client.shutdown()
    print(json.dumps({"callbacks": callbacks, "errors": log.messages}))


main(*sys.argv[1:])
