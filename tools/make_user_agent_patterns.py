"""Writes uap-core's patterns as the JSON that the server reads. Argument: the unpacked wheel ua-parser-builtins.

The wheel has them as Python calls, `Matcher(pattern, ...)`, which are read here as text and never run.
"""

import ast
import json
import pathlib
import sys

FIELDS = {
    "UserAgentMatcher": ["pattern", "family", "major", "minor", "patch", "patch_minor"],
    "OSMatcher": ["pattern", "family", "major", "minor", "patch", "patch_minor"],
    "DeviceMatcher": ["pattern", "flag", "family", "brand", "model"],
}
USED = {"pattern", "family", "major", "flag", "brand", "model"}


def rule(call):
    names = FIELDS[call.func.id]
    values = dict(zip(names, map(ast.literal_eval, call.args)))
    values.update({keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords})
    unknown = values.keys() - set(names)
    if unknown:
        sys.exit(f"{call.func.id} has {sorted(unknown)}, which this script does not know")
    rule = {name: value for name, value in values.items() if name in USED and value is not None}
    if "flag" in rule:
        rule["ignoresCase"] = rule.pop("flag") == "i"
    return rule


def main():
    wheel = pathlib.Path(sys.argv[1])
    tree = ast.parse((wheel / "ua_parser_builtins/matchers.py").read_text())
    lists = next(node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) and
                 getattr(node, "target", None) is not None)
    browsers, systems, devices = ([rule(call) for call in list.elts] for list in lists.elts)
    print(json.dumps({
        "source": "uap-core " + (wheel / "REVISION").read_text().strip(),
        "browsers": browsers,
        "systems": systems,
        "devices": devices,
    }, indent=1))


main()
