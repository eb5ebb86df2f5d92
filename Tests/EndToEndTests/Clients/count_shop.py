"""Counts a shop's events by day, plainly and without a server, and prints the charts that a server should answer.

Usage: count_shop.py FILE HOURS_LATER TIME_ZONE FIRST_DAY LAST_DAY
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def days_between(first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def chart(events, days):
    """Totals and uniques of (day, user) pairs."""
    users = defaultdict(list)
    for day, user in events:
        users[day].append(user)
    inside = [user for day in days for user in users[day]]
    return {
        "totals": {"values": [len(users[day]) for day in days], "collapsed": len(inside)},
        "uniques": {"values": [len(set(users[day])) for day in days], "collapsed": len(set(inside))},
    }


def main(file, hours_later, time_zone, first, last):
    zone = ZoneInfo(time_zone)
    days = days_between(first, last)
    by_type, by_channel, by_platform = defaultdict(list), defaultdict(list), defaultdict(list)
    with gzip.open(file, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            moment = datetime.fromisoformat(row["timestamp"] + "+00:00") + timedelta(hours=int(hours_later))
            event = (str(moment.astimezone(zone).date()), row["user_id"])
            by_type[row["event"]].append(event)
            by_type["_active"].append(event)
            by_channel[row["acquisition_channel"]].append(event)
            by_platform[row["platform"]].append(event)
    print(
        json.dumps(
            {
                "days": days,
                "types": [{"name": name, **chart(events, days)} for name, events in sorted(by_type.items())],
                "channels": [{"name": name, **chart(events, days)} for name, events in sorted(by_channel.items())],
                "platforms": [{"name": name, **chart(events, days)} for name, events in sorted(by_platform.items())],
            }
        )
    )


main(*sys.argv[1:])
