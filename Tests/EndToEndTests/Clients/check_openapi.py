"""Fetches a server's description of itself, and checks it against the specification of OpenAPI.

Prints {"version": …, "operations": …, "problems": […]}.
"""

import json
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator

with urllib.request.urlopen(sys.argv[1] + "/openapi.json") as answer:
    document = json.load(answer)
print(
    json.dumps(
        {
            "version": document["openapi"],
            "operations": sum(len(methods) for methods in document["paths"].values()),
            "problems": [str(problem) for problem in OpenAPIV31SpecValidator(document).iter_errors()],
        }
    )
)
