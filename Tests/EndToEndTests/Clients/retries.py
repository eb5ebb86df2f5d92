"""Lets Amplitude's own client send in spite of refusals, and prints what it told its user.

Usage: retries.py ADDRESS API_KEY single|batch EVENTS DELAY_SECONDS

EVENTS is JSON: a list of {"type", "user", "device", "kilobytes"}, all sent in one request if the server lets it.
A client waits 30 seconds with what a server throttles; here it waits DELAY_SECONDS.
"""

import json
import logging
import sys
import time

from amplitude import Amplitude, BaseEvent, Config
from amplitude.storage import InMemoryStorage, StorageProvider

MARCH_1 = 1_709_251_200_000  # 2024-03-01T00:00Z
THROTTLED_MS = 30_000


class Storage(InMemoryStorage):
    """Remembers how often the client was told to wait, and waits less."""

    def __init__(self, delay_seconds):
        super().__init__()
        self.delay_seconds = delay_seconds
        self.throttled = 0

    def push(self, event, delay=0):
        if delay == THROTTLED_MS:
            self.throttled += 1
            delay = int(self.delay_seconds * 1000)
        return super().push(event, delay)


class Provider(StorageProvider):
    def __init__(self, storage):
        self.storage = storage

    def get_storage(self):
        return self.storage


def main(address, api_key, mode, events, delay_seconds):
    events = json.loads(events)
    told = []
    storage = Storage(float(delay_seconds))
    logging.getLogger("amplitude").setLevel(logging.ERROR)
    client = Amplitude(
        api_key,
        Config(
            flush_queue_size=len(events),
            flush_interval_millis=100,
            server_url=address + ("/batch" if mode == "batch" else "/2/httpapi"),
            storage_provider=Provider(storage),
            callback=lambda event, code, message: told.append(
                {"type": event.event_type, "user": event.user_id or event.device_id, "code": code, "message": message}
            ),
        ),
    )
    for number, event in enumerate(events):
        properties = {"number": number, "padding": ["x" * 1000] * event.get("kilobytes", 0)}
        client.track(
            BaseEvent(
                event["type"],
                user_id=event.get("user"),
                device_id=event.get("device"),
                time=MARCH_1 + number,
                event_properties=properties,
            )
        )
    end = time.monotonic() + 15
    while len(told) < len(events) and time.monotonic() < end:
        time.sleep(0.02)
        # Its thread ends when nothing waits, and now and then overlooks what comes at that moment.
        storage.workers.start()
    client.shutdown()
    print(json.dumps({"told": told, "throttled": storage.throttled}))


main(*sys.argv[1:])
