"""Events of which every field is known: what is sent, and what whoever reads them must find.

Usage: known_events.py ADDRESS API_KEY FIRST_DAY    sends them, and prints how many rows and people they are

FIRST_DAY (YYYY-MM-DD, UTC) is the day of the first event; the last is two days later. Each driver beside this file lets
one client read, brings what it read into the form of Amplitude's export, and compares it with the rows here.
"""

import collections
import datetime
import json
import re
import sys
import urllib.request
import uuid

# Keys of an export's row: always all of them, and in this order.
KEYS = """
    $insert_id $insert_key $schema adid amplitude_attribution_ids amplitude_event_type amplitude_id app city
    client_event_time client_upload_time country data data_type device_brand device_carrier device_family device_id
    device_manufacturer device_model device_type dma event_id event_properties event_time event_type
    global_user_properties group_properties groups idfa ip_address is_attribution_event language library location_lat
    location_lng os_name os_version partner_id paying plan platform processed_time region sample_rate
    server_received_time server_upload_time session_id source_id start_version user_creation_time user_id
    user_properties uuid version_name
""".split()
OBJECTS = ["data", "event_properties", "group_properties", "groups", "plan", "user_properties"]
TIMES = [key for key in KEYS if key.endswith("_time")]
SERVER_TIMES = ["client_upload_time", "processed_time", "server_received_time", "server_upload_time"]

ANNA, CARL, BORIS = "anna@example.com", "çarl 愛", "boris@example.com"
# What of Anna's telephone her events say, by the names that are sent, and those that are exported.
PHONE = {
    "app_version": ("version_name", "1.2.3"),
    "platform": ("platform", "iOS"),
    "os_name": ("os_name", "ios"),
    "os_version": ("os_version", "18.5"),
    "device_brand": ("device_brand", "Apple"),
    "device_manufacturer": ("device_manufacturer", "Apple Inc."),
    "device_model": ("device_model", "iPhone 15"),
    "carrier": ("device_carrier", "Free"),
    "country": ("country", "Germany"),
    "region": ("region", "Berlin"),
    "city": ("city", "Berlin"),
    "dma": ("dma", "none"),
    "language": ("language", "German"),
    "ip": ("ip_address", "203.0.113.7"),
    "idfa": ("idfa", "AEBE52E7-03EE-455A-B3C4-E57283966239"),
    "adid": ("adid", "38400000-8cf0-11bd-b23e-10b96e4ef00d"),
    "location_lat": ("location_lat", 52.5),
    "location_lng": ("location_lng", -13.25),
    "partner_id": ("partner_id", "partner"),
    "plan": ("plan", {"branch": "main", "source": "ios", "version": "7"}),
    "library": ("library", "amplitude-swift/1.9.0"),
}
SONG = {
    "title": "Für Elise\n\"4′ 33″\" 🎵",
    "length": 180.0,
    "chapters": 3,
    "large": 9007199254740993,
    "live": False,
    "tags": ["piano", "WoO 59"],
    "place": {"hall": {"seats": [1, 2.5]}},
}


class KnownEvent:
    """What is sent, through which endpoint, and the row that it becomes; none if `row` is None."""

    def __init__(self, path, person, sent, row, country="(none)"):
        self.path, self.person, self.sent, self.row, self.country = path, person, sent, row, country
        # Whether something of the person is another than before.
        self.changes_person = False


class KnownEvents:
    def __init__(self, first_day):
        self.days = [datetime.date.fromisoformat(first_day) + datetime.timedelta(days=n) for n in range(3)]
        self.all = []
        self._anna()
        self._boris()
        self._add(CARL, "View", self._moment(0, 12), user_id=CARL)
        for number in range(300):
            user = f"ticking-{number % 10}"
            self._add(
                user, "Tick", self._moment(1, 13) + number * 1000, path="/batch", user_id=user, device_id="of " + user,
                insert_id=str(uuid.UUID(int=number)), event_properties={"n": number},
            )
        # Once is enough.
        self.all.append(KnownEvent("/batch", ANNA, self.all[0].sent, None))
        seen = set()
        for event in self.all:
            # With her purchase Anna begins to pay.
            event.changes_person = event.person not in seen or event.sent["event_type"] == "Buy"
            seen.add(event.person)

    @property
    def rows(self):
        return [event.row for event in self.all if event.row]

    def _anna(self):
        """A session on a telephone, and another one two days later."""
        sent = {"user_id": ANNA, "device_id": "anna-phone", "country": "Germany"}
        # One text stands for all that a device is called.
        told = dict(PHONE.values())
        told |= {"device_family": "iPhone 15", "device_type": "iPhone 15", "start_version": "1.2.3"}
        session, later = self._moment(0, 10), self._moment(2, 9)
        self._add(
            ANNA, "Play Song", session + 123, session_id=session, event_id=7, insert_id="anna 1: the first",
            event_properties=SONG, user_properties={"taste": "classical", "age": 40}, groups={"org": "Acme"},
            **{key: value for key, (_, value) in PHONE.items()} | sent,
            # Numbers come back in their shortest form.
            row=told | {"event_properties": SONG | {"length": 180}, "groups": {"org": ["Acme"]}},
        )
        # Of the telephone and the app this is known already; of the place it says all there is.
        known = {key: told[key] for key in [
            "version_name", "start_version", "platform", "os_name", "os_version", "device_brand", "device_manufacturer",
            "device_model", "device_family", "device_type", "device_carrier", "language"]}
        known |= {"country": "Germany", "paying": True, "user_properties": {"taste": "classical", "age": 40}}
        self._add(
            ANNA, "Buy", session + 300_123, session_id=session, event_id=8, **sent,
            price=2.5, quantity=2, productId="lamp",
            row=known | {"event_properties": {"$price": 2.5, "$quantity": 2, "$productId": "lamp", "$revenue": 5}},
        )
        self._add(ANNA, "$identify", self._moment(1, 9), user_properties={"$set": {"taste": "jazz"}}, **sent)
        self._add(
            ANNA, "Play Song", later, session_id=later, event_properties={"title": "Take Five"}, **sent,
            row=known | {"user_properties": {"taste": "jazz", "age": 40}},
        )

    def _boris(self):
        """Somebody's tablet, until Boris logs in."""
        self._add(BORIS, "View", self._moment(0, 11), device_id="boris-tablet")
        self._add(BORIS, "Login", self._moment(1, 11), device_id="boris-tablet", user_id=BORIS)

    def _moment(self, day, hour):
        """Milliseconds since 1970."""
        start = datetime.datetime.combine(self.days[day], datetime.time(hour), datetime.timezone.utc)
        return int(start.timestamp()) * 1000

    def _add(self, person, event_type, time, path="/2/httpapi", row=None, **sent):
        """`row` is what an export says of it that does not simply follow from what is sent."""
        follows = {
            "event_type": event_type,
            "event_time": shown(time),
            "client_event_time": shown(time),
            "user_id": sent.get("user_id"),
            "session_id": sent.get("session_id", -1),
            "event_properties": sent.get("event_properties", {}),
            "library": "http/2.0",
            "data_type": "event",
            "groups": {},
            "plan": {},
            "group_properties": {},
            "user_properties": sent.get("user_properties", {}),
            "global_user_properties": None,
            "paying": None,
            "user_creation_time": None,
        }
        follows |= {key: sent[key] for key in ["device_id", "event_id"] if key in sent}
        if "insert_id" in sent:
            follows["$insert_id"] = sent["insert_id"]
        nothing = dict.fromkeys(exported for exported, _ in PHONE.values())
        self.all.append(KnownEvent(
            path, person, sent | {"event_type": event_type, "time": time},
            None if event_type == "$identify" else nothing | follows | (row or {}),
            sent.get("country", "(none)")))

    # MARK: Sending

    def send(self, address, api_key):
        for path in ["/2/httpapi", "/batch"]:
            events = [event.sent for event in self.all if event.path == path]
            body = json.dumps({"api_key": api_key, "events": events}).encode()
            request = urllib.request.Request(address + path, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert json.load(answer)["events_ingested"] == len(events)

    # MARK: Comparing

    def problems(self, rows, keys=KEYS):
        """What is wrong with rows that are in the form of an export, as far as they have these keys."""
        found = []
        wanted = {event.row["event_time"]: event for event in self.all if event.row}
        if len(rows) != len(wanted):
            found.append(f"{len(rows)} rows for {len(wanted)}")
        if len({row["uuid"] for row in rows}) != len(rows):
            found.append("some uuid stands twice")
        people = collections.defaultdict(set)
        for row in rows:
            event = wanted.get(row["event_time"])
            if event is None:
                found.append(f"nobody sent {row}")
                continue
            people[event.person].add(row["amplitude_id"])
            name = f"{row['event_type']} at {row['event_time']}"
            found += [f"{name}: {problem}" for problem in self._problems(row, event, keys)]
        numbers = [number for numbers in people.values() for number in numbers]
        if any(len(numbers) != 1 for numbers in people.values()) or len(set(numbers)) != len(people):
            found.append(f"people are told apart wrongly: {dict(people)}")
        return found

    def _problems(self, row, event, keys):
        if sorted(row) != sorted(keys):
            yield f"its keys differ by {sorted(set(row) ^ set(keys))}"
            return
        data = {"path": event.path, "user_properties_updated": True, "group_first_event": {}, "group_ids": {}}
        if not event.changes_person:
            del data["user_properties_updated"]
        for key, value in (event.row | {"data": data}).items():
            # 10 is not 10.0.
            if key in keys and json.dumps(row[key], sort_keys=True) != json.dumps(value, sort_keys=True):
                yield f"{key} is {row[key]!r}, not {value!r}"
        if not is_uuid(row["uuid"]):
            yield f"uuid is {row['uuid']!r}"
        # What nobody sent, the server makes up.
        if not row["device_id"]:
            yield f"device_id is {row['device_id']!r}"
        if "insert_id" not in event.sent and not is_uuid(row["$insert_id"]):
            yield f"$insert_id is {row['$insert_id']!r}"
        if not 0 < row["event_id"] < 1_000_000_000:
            yield f"event_id is {row['event_id']!r}"
        for key in TIMES:
            if key in keys and row[key] is not None and not re.fullmatch(
                    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}000", row[key]):
                yield f"{key} is {row[key]!r}"
        age = datetime.datetime.now(datetime.timezone.utc) - parsed(row["server_upload_time"])
        if not -60 < age.total_seconds() < 3600:
            yield f"server_upload_time is {row['server_upload_time']!r}"
        if any(row[key] != row["server_upload_time"] for key in SERVER_TIMES if key in keys):
            yield "what happens in one moment here has several times"

    # MARK: What charts say

    def totals(self, event_type):
        """Events by day."""
        return [sum(1 for event in self._on(day) if event.row["event_type"] == event_type) for day in self.days]

    def active(self, country=None):
        """People by day, all or those with events from a country."""
        return [
            len({event.person for event in self._on(day) if country in (None, event.country)}) for day in self.days]

    @property
    def people(self):
        return {event.person for event in self.all}

    @property
    def event_types(self):
        return sorted({row["event_type"] for row in self.rows})

    def _on(self, day):
        return [event for event in self.all if event.row and event.row["event_time"].startswith(str(day))]


def is_uuid(text):
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)


def shown(milliseconds):
    """As exports write it."""
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03}000"


def parsed(time):
    return datetime.datetime.fromisoformat(time).replace(tzinfo=datetime.timezone.utc)


def hours():
    """The hour before this one and the next one (UTC), as exports are asked for."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return [f"{now + datetime.timedelta(hours=hours):%Y%m%dT%H}" for hours in (-1, 1)]


def compared(problems, name, found, wanted):
    """Adds a problem if these differ."""
    if found != wanted:
        problems.append(f"{name}: {found}, not {wanted}")


def report(problems, **read):
    """Prints what was read: counts by what it is, and what is wrong with it."""
    print(json.dumps({"problems": problems[:20], "read": read}))


def main(address, api_key, first_day):
    known = KnownEvents(first_day)
    known.send(address, api_key)
    print(json.dumps({"rows": len(known.rows), "people": len(known.people)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
