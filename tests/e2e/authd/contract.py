"""Holds answers against an OpenAPI document: {"document": {...}, "calls": [{"method", "path", "request_type", "request",
"status", "type", "body"}]} on standard input. Prints what does not fit, and "never: OPERATION" for what of the API was
never answered with success. Exit 1 when something does not fit."""
import json
import re
import sys
import urllib.parse

from jsonschema import Draft202012Validator

given = json.load(sys.stdin)
document = given["document"]
operations = []
for template, methods in document["paths"].items():
    parts = ["[^/]+" if part.startswith("{") else re.escape(part) for part in template.split("/")]
    for method, operation in methods.items():
        operations.append((template, parts, method.upper(), operation))
operations.sort(key=lambda entry: entry[0].count("{"))  # what is written out goes before parameters


def operation_of(call):
    """The last part may take the rest of the path: of those, the longest."""
    path = call["path"].split("?")[0]
    mine = [entry for entry in operations if entry[2] == call["method"]]
    for _, parts, _, operation in mine:
        if re.fullmatch("/".join(parts), path):
            return operation
    for _, parts, _, operation in sorted(mine, key=lambda entry: -len(entry[1])):
        if parts[-1] == "[^/]+" and re.fullmatch("/".join(parts[:-1]) + "/.+", path):
            return operation
    return None


def fault(content, media_type, text):
    """Of a body, by what the document says of its media type."""
    schema = content.get(media_type, {}).get("schema")
    if schema is None:
        return "the document does not know " + media_type
    if media_type == "application/x-www-form-urlencoded":
        value = dict(urllib.parse.parse_qsl(text))
    else:
        value = json.loads(text)
    whole = {**schema, "components": document["components"]}
    for error in Draft202012Validator(whole).iter_errors(value):
        return "at %s: %s" % (error.json_path, error.message)
    return None


def fault_of(call, operation):
    is_success = 200 <= call["status"] < 300
    if call["method"] == "OPTIONS":
        return None  # preflights
    if operation is None:
        return None if call["type"] == "application/problem+json" or not is_success else "not in the document"
    content = operation["responses"]["2XX" if is_success else "default"].get("content", {})
    if is_success and call["request"] and "requestBody" in operation:
        found = fault(operation["requestBody"]["content"], call["request_type"], call["request"])
        if found:
            return "request: " + found
    if is_success and call["request"] and "requestBody" not in operation:
        return "the document knows no request body"
    if not call["body"]:
        return "no body" if is_success and content and call["status"] != 204 else None
    if is_success and not content and not call["type"].endswith("json"):
        return None  # pages, metrics, lines of JSON
    return fault(content, call["type"], call["body"])


faults = set()
succeeded = set()
for call in given["calls"]:
    operation = operation_of(call)
    if operation is not None and 200 <= call["status"] < 300:
        succeeded.add(operation["operationId"])
    found = fault_of(call, operation)
    if found:
        faults.add("%s %s %s: %s" % (call["method"], call["path"], call["status"], found))
for line in sorted(faults):
    print(line)
for template, _, _, operation in operations:
    is_api = template.startswith(("/api/v1/", "/oauth2/", "/.well-known/"))
    if is_api and operation["operationId"] not in succeeded:
        print("never: " + operation["operationId"])
sys.exit(1 if faults else 0)
