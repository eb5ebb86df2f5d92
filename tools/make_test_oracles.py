"""Writes what the tests of places and user agents compare with, as the official Python readers see it.

Argument: a folder, which gets places.mmdb and places.json (by address), and user-agents.json (by user agent).
"""

import importlib.resources
import json
import pathlib
import sys

import maxminddb
import ua_parser
from mmdb_writer import MMDBWriter
from netaddr import IPSet

# Made-up networks with the shape of MaxMind's "City" records. Names in another language come first, as they may.
NETWORKS = {
    "192.0.2.0/25": {
        "continent": {"code": "NA", "names": {"en": "North America"}},
        "country": {"iso_code": "US", "names": {"de": "USA", "en": "United States"}},
        "subdivisions": [{"iso_code": "CA", "names": {"de": "Kalifornien", "en": "California"}}],
        "city": {"names": {"de": "San Franzisko", "en": "San Francisco"}},
        "location": {"latitude": 37.77, "longitude": -122.42, "metro_code": 807},
    },
    "192.0.2.128/25": {
        "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
        "subdivisions": [{"names": {"en": "England"}}, {"names": {"en": "Hertfordshire"}}],
        "city": {"names": {"en": "Hemel Hempstead"}},
        "location": {"latitude": 51.75, "longitude": -0.46},
    },
    "198.51.100.0/24": {"country": {"iso_code": "DE", "names": {"de": "Deutschland", "en": "Germany"}}},
    "198.18.0.0/24": {"country": {"iso_code": "JP", "names": {"en": "Japan"}}},
    "203.0.113.0/24": {
        "registered_country": {"iso_code": "FR", "names": {"en": "France"}},
        "traits": {"is_anonymous_proxy": True},
    },
    "2001:db8::/33": {
        "country": {"iso_code": "CI", "names": {"en": "Côte d'Ivoire"}},
        "subdivisions": [{"names": {"fr": "Lagunes"}}],
        "city": {"names": {"en": "Abidjan"}},
        "location": {"metro_code": 9},
    },
}
ADDRESSES = [
    "192.0.2.1", "192.0.2.127", "192.0.2.128", "192.0.2.255", "192.0.3.0", "198.51.100.7", "198.18.0.1", "203.0.113.9", "10.0.0.1",
    "2001:db8::1", "2001:db8:7fff:ffff::", "2001:db8:8000::1", "::1", "::ffff:192.0.2.200",
]


def place(record):
    """Country, region, city and metropolitan area's code of a record."""
    english = lambda thing: ((thing or {}).get("names") or {}).get("en")
    record = record or {}
    most_exact_region = (record.get("subdivisions") or [None])[-1]
    return {
        "country": english(record.get("country")),
        "region": english(most_exact_region),
        "city": english(record.get("city")),
        "metro": (record.get("location") or {}).get("metro_code"),
    }


def write_places(folder):
    writer = MMDBWriter(6, "Antinode-Test-City", languages=["en"], ipv4_compatible=True,
                        description="made-up places for tests", int_type="u16", float_type="f64")
    for network, record in NETWORKS.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(folder / "places.mmdb"))
    with maxminddb.open_database(str(folder / "places.mmdb"), maxminddb.MODE_MEMORY) as reader:
        # The reader itself knows nothing of IPv4 addresses inside IPv6 ones, which this writer gives no place of theirs.
        places = {a: place(reader.get(a.removeprefix("::ffff:"))) for a in ADDRESSES}
    (folder / "places.json").write_text(json.dumps(places, indent=1))


def agent(text):
    result = ua_parser.parse(text)
    return {
        "agent": text,
        "browser": result.user_agent and result.user_agent.family,
        "version": result.user_agent and result.user_agent.major,
        "system": result.os and result.os.family,
        "family": result.device and result.device.family,
        "brand": result.device and result.device.brand,
        "model": result.device and result.device.model,
    }


def write_user_agents(folder):
    lines = (importlib.resources.files("fake_useragent") / "data/browsers.jsonl").read_text().splitlines()
    # The most common ones stand first; each is kept once.
    agents = list(dict.fromkeys(json.loads(line)["useragent"] for line in lines))
    (folder / "user-agents.json").write_text(json.dumps([agent(text) for text in agents], indent=1))


def main():
    folder = pathlib.Path(sys.argv[1])
    write_places(folder)
    write_user_agents(folder)


main()
