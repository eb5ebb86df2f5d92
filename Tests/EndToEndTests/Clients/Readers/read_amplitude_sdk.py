"""Makes a cohort of known people, changes it and reads it with the package amplitude-sdk, which takes an address.

Usage: read_amplitude_sdk.py ADDRESS API_KEY SECRET_KEY FIRST_DAY
"""

import os
import sys
import tempfile

from amplitude_sdk import BehavioralCohortsClient, clients

from known_cohorts import people
from known_events import ANNA, BORIS, CARL, compared, report


def members(client, cohort):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cohort.csv")
        client.download_cohort(cohort, path)
        with open(path, encoding="utf-8") as file:
            return people(file.read())


def main(address, api_key, secret_key, _):
    # It sleeps for twenty seconds after each look, also after the last.
    clients.time.sleep = lambda seconds: None
    client = BehavioralCohortsClient(api_key, secret_key, endpoint=address + "/api")
    problems = []
    compared(problems, "cohorts of nobody", client.list_cohorts(), {"cohorts": []})
    # It sends the API key as the number of the project.
    made = client.create_cohorts("Friends", [ANNA, BORIS, "nobody"], "ann@example.com").json()
    compared(problems, "who was found", made["metadata"]["matched"], 2)
    cohort = made["cohortId"]
    compared(
        problems, "the list", [(c["id"], c["name"], c["size"]) for c in client.list_cohorts(name="Friends")],
        [(cohort, "Friends", 2)])
    compared(problems, "who is in it", members(client, cohort), {ANNA, BORIS})
    for user, operation in [(CARL, "ADD"), (BORIS, "REMOVE")]:
        answer = client.modify_membership(cohort, [user], operation=operation)
        compared(problems, f"{operation} {user}", answer.status_code, 200)
    compared(problems, "who is in it then", members(client, cohort), {ANNA, CARL})
    answer = client.update_cohort(
        cohort, name="Others", app_id=1, id_type="BY_USER_ID", ids=[BORIS], owner="ann@example.com", published=True)
    compared(problems, "an update", answer.json()["cohortId"], cohort)
    compared(problems, "who is in it at last", members(client, cohort), {BORIS})
    try:
        wrong = BehavioralCohortsClient(api_key, "no-such-key", endpoint=address + "/api").list_cohorts()
        problems.append(f"a wrong secret reads {wrong}")
    except Exception as error:  # It has no other.
        compared(problems, "a wrong secret", "Wrong or missing keys" in str(error), True)
    report(problems, cohorts=len(client.list_cohorts()["cohorts"]))


main(*sys.argv[1:])
