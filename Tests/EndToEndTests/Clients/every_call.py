"""Makes each kind of call that Amplitude's own client has, and prints what the client told its user.

Usage: every_call.py ADDRESS API_KEY batch|single
"""

import json
import sys

from amplitude import Amplitude, BaseEvent, EventOptions, Identify, Revenue

MARCH_1 = 1_709_251_200_000  # 2024-03-01T00:00Z
HOUR = 3_600_000


def main(address, api_key, mode):
    told = []
    client = Amplitude(api_key)
    if mode == "batch":
        client.configuration.use_batch = True
    client.configuration.flush_interval_millis = 1000
    client.configuration.server_url = address + ("/batch" if mode == "batch" else "/2/httpapi")
    client.configuration.callback = lambda event, code, message: told.append(
        {"type": event.event_type, "code": code}
    )

    def who(hour):
        return EventOptions(user_id="anna@example.com", device_id="anna-phone", time=MARCH_1 + hour * HOUR)

    def play(hour):
        client.track(
            BaseEvent("Play", user_id="anna@example.com", device_id="anna-phone", time=MARCH_1 + hour * HOUR))

    # Before any user is known, the phone is anybody's.
    client.track(BaseEvent("Play", device_id="anna-phone", time=MARCH_1))
    identify = Identify()
    identify.set("plan", "free").set_once("first", "a").add("visits", 2).append("tags", ["x"]).prepend("tags2", "y")
    client.identify(identify, who(1))
    play(2)
    identify = Identify()
    identify.set("plan", "pro").set_once("first", "b").add("visits", 3).append("tags", "z").pre_insert("tags2", "w")
    client.identify(identify, who(3))
    play(4)
    client.identify(Identify().unset("plan").remove("tags", "x"), who(5))
    play(6)
    client.set_group("org", ["Acme", "Bits"], who(7))
    client.group_identify("org", "Acme", Identify().set("size", 5), EventOptions(time=MARCH_1))
    client.revenue(Revenue(price=2.5, quantity=3, product_id="lamp"), who(8))
    for future in client.flush():
        if future:
            future.result(timeout=10)
    client.shutdown()
    print(json.dumps({"told": told}))


main(*sys.argv[1:])
