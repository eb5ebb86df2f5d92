"""Asks each operation of operations.json as it is described, and checks the answers by its schemas.

Usage: check_operations.py ADDRESS API_KEY SECRET_KEY

Each is asked with what it requires, then with each other parameter in each value that is described, then without the keys,
and then once without each parameter that it requires. Prints {"operations": …, "requests": …, "problems": […]}.
"""

import base64
import json
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import jsonschema

address, api_key, secret_key = sys.argv[1:]
KEYS = {"Authorization": "Basic " + base64.b64encode(f"{api_key}:{secret_key}".encode()).decode()}
problems, requests = [], 0


def ask(path, parameters, keys=KEYS):
    """Status and JSON."""
    global requests
    requests += 1
    url = f"{address}{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=keys), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def check(operation, parameters):
    name = f"{operation['path']} {parameters}"
    status, answer = ask(operation["path"], parameters)
    if status != 200:
        problems.append(f"{name}: {status} {answer}")
        return
    for error in jsonschema.Draft202012Validator(operation["schema"]).iter_errors(answer):
        problems.append(f"{name}: {error.message[:300]} at {error.json_path}")


def values(parameter):
    if "enum" in parameter:
        return parameter["enum"]
    if "value" in parameter:
        return [parameter["value"]]
    return [value for value in [parameter.get("default"), parameter.get("maximum")] if value is not None]


operations = json.loads((pathlib.Path(__file__).parent / "operations.json").read_text())["operations"]
for operation in operations:
    required = {}
    for parameter in operation["parameters"]:
        # What is sent is what the description allows.
        for value in values(parameter):
            if parameter["type"] == "integer" and not isinstance(value, int) or not re.search(
                    parameter.get("pattern", ""), str(value)):
                problems.append(f"{operation['path']}: {value} is no {parameter['name']}")
        if parameter.get("required"):
            required[parameter["name"]] = parameter["value"]
    check(operation, required)
    for parameter in operation["parameters"]:
        if not parameter.get("required"):
            for value in values(parameter):
                needed = parameter.get("needs", {}).get(str(value), {})
                check(operation, required | {parameter["name"]: value} | needed)
    refusals = [(401, required, {})]
    refusals += [(400, {n: v for n, v in required.items() if n != name}, KEYS) for name in required]
    for wanted, parameters, keys in refusals:
        status, answer = ask(operation["path"], parameters, keys)
        if status != wanted or answer["error"]["http_code"] != wanted:
            problems.append(f"{operation['path']} {parameters}: {status} {answer}, not {wanted}")

print(json.dumps({"operations": len(operations), "requests": requests, "problems": problems}))
