"""Reads the known events, their people and their charts with the package pyamplitude, which has a table of regions.

Usage: read_pyamplitude.py ADDRESS API_KEY SECRET_KEY FIRST_DAY
"""

import gzip
import io
import sys
import zipfile

from pyamplitude import (
    AmplitudeCredentials, AmplitudeHTTPError, CohortMembership, CohortsClient, DashboardClient, DashboardEvent, ExportClient)
from pyamplitude.regions import REGIONS, RegionEndpoints

from known_cohorts import people
from known_events import ANNA, BORIS, CARL, KEYS, KnownEvents, compared, hours, report


def unpacked(archive):
    """The same archive with plain members: the client looks for lines in them, though Amplitude's are gzip files."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed, zipfile.ZipFile(plain, "w") as file:
        for name in packed.namelist():
            file.writestr(name, gzip.decompress(packed.read(name)))
    return plain.getvalue()


def main(address, api_key, secret_key, first_day):
    REGIONS["HERE"] = RegionEndpoints(
        dashboard=address + "/api/2",
        export=address + "/api/2/export",
        cohorts_v3=address + "/api/3/cohorts",
        cohorts_v5=address + "/api/5/cohorts",
        http_v2=address + "/2/httpapi",
        batch=address + "/batch",
    )
    credentials = AmplitudeCredentials(api_key, secret_key)
    known = KnownEvents(first_day)
    rows = exported(ExportClient(credentials, region="here"))
    problems = known.problems(rows)
    compared(problems, "the order of keys", list(rows[0]), KEYS)
    dashboard = DashboardClient(credentials, region="here")
    check_people(problems, dashboard, rows)
    check_charts(problems, dashboard, known)
    cohorts = check_cohorts(problems, CohortsClient(credentials, region="here"), rows)
    try:
        wrong = ExportClient(AmplitudeCredentials(api_key, "no-such-key"), region="here")
        problems.append(f"a wrong secret reads {exported(wrong)}")
    except AmplitudeHTTPError as error:
        compared(problems, "a wrong secret", type(error).__name__, "AmplitudeAuthError")
    report(problems, events=len(rows), cohorts=cohorts)


def exported(client):
    start, end = hours()
    return list(client.iter_events_from_archive(unpacked(client.download_archive(start=start, end=end))))


def check_people(problems, client, rows):
    """Who is searched is who is exported, with all that they did, newest first, before their login, too."""
    for person in [ANNA, BORIS]:
        [match] = client.user_search(user=person)["matches"]
        number = match["amplitude_id"]
        compared(problems, f"who {person} is", match["user_id"], person)
        activity = client.user_activity(user=str(number))
        mine = sorted((row for row in rows if row["amplitude_id"] == number), key=lambda row: row["event_time"])
        compared(problems, f"rows of {person}", len(mine), {ANNA: 3, BORIS: 2}[person])
        for key in ["uuid", "event_type", "event_time", "session_id", "event_properties", "user_properties", "data"]:
            compared(
                problems, f"{key} of {person}",
                [event[key] for event in activity["events"]], [row[key] for row in reversed(mine)])
        compared(problems, f"events of {person}", activity["userData"]["num_events"], len(mine))
        compared(problems, f"ID of {person}", activity["userData"]["canonical_amplitude_id"], number)
    # From the second last on, but no session in part: the event before is of the same.
    later = client.user_activity(user=ANNA, offset=1, limit=1)["events"]
    compared(problems, "a page", [event["event_type"] for event in later], ["Buy", "Play Song"])


def check_cohorts(problems, client, rows):
    """A cohort is made by Amplitude IDs, changed by user ids, listed, and downloaded with a property."""
    numbers = {row["user_id"]: row["amplitude_id"] for row in rows}
    made = client.upload_cohort(
        name="Friends", app_id=1, id_type="BY_AMP_ID", ids=[str(numbers[ANNA]), str(numbers[BORIS])],
        owner="ann@example.com", published=True, skip_invalid_ids=False)
    compared(problems, "who was found", made["metadata"]["matched"], 2)
    changed = client.update_membership(cohort_id=made["cohortId"], memberships=[
        CohortMembership(ids=[CARL], id_type="BY_NAME", operation="ADD"),
        CohortMembership(ids=[str(numbers[BORIS])], id_type="BY_ID", operation="REMOVE"),
    ])
    compared(problems, "a change", [one["skipped_ids"] for one in changed["memberships_result"]], [[], []])
    listed = client.list_cohorts(include_sync_info=True)["cohorts"]
    compared(problems, "cohorts", [(one["id"], one["name"], one["size"]) for one in listed],
             [(made["cohortId"], "Friends", 2)])
    request = client.request_cohort(made["cohortId"], property_keys=["gp:taste"])["request_id"]
    compared(problems, "a download", client.request_status(request)["async_status"], "JOB COMPLETED")
    file = client.download_cohort(request)
    compared(problems, "who is in it", people(file), {ANNA, CARL})
    compared(problems, "what they are like", "jazz" in file.decode(), True)
    return len(listed)


def check_charts(problems, client, known):
    range = {"start": f"{known.days[0]:%Y%m%d}", "end": f"{known.days[-1]:%Y%m%d}"}
    compared(problems, "event types", [event["value"] for event in client.event_list()["data"]], known.event_types)
    compared(problems, "active users", client.active_users(**range)["data"]["series"], [known.active()])
    by_country = client.active_users(group_by="country", **range)["data"]
    compared(
        problems, "active users by country", dict(zip(by_country["seriesLabels"], by_country["series"])),
        {country: known.active(country) for country in ["(none)", "Germany"]})
    views = DashboardEvent("Play Song")
    views.add_filter("event", "title", "is", ["Take Five"])
    two = client.event_segmentation(events=["Tick", views], **range)["data"]["series"]
    compared(problems, "two events", two, [known.totals("Tick"), [0, 0, 1]])
    compared(
        problems, "sessions a person", client.average_sessions_per_user(**range)["data"]["series"], [[1 / 3, 0, 1]])
    compared(
        problems, "lengths of sessions", client.average_session_length(**range)["data"]["series"], [[300, 0, 0]])
    lengths = client.session_length_distribution(**range)["data"]
    compared(problems, "sessions", sum(lengths["series"][0]), 2)
    composition = client.user_composition(properties=["gp:taste"], **range)["data"]
    compared(
        problems, "tastes", dict(zip(composition["xValues"], composition["series"][0])),
        {"(none)": len(known.people) - 1, "classical": 1, "jazz": 1})
    funnel = client.funnel(events=["View", "Login"], **range)["data"]
    compared(problems, "from view to login", funnel[0]["cumulativeRaw"], [2, 1])
    retention = client.retention(start_event="_new", return_event="Play Song", **range)["data"]["series"][0]
    # Anna alone, at once and 47 hours later: in the second day from her first event.
    compared(
        problems, "who came back", [cell["count"] for cell in retention["combined"]][:4], [len(known.people), 1, 1, 0])


main(*sys.argv[1:])
