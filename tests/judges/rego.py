"""Asks Rego policies: reads a JSON list of {rego, package, input} from standard input, and writes a list of what each
finds, one list of messages for each question."""

import json
import sys

import regopy


def ask(question):
    interpreter = regopy.Interpreter()
    interpreter.add_module("policy", question["rego"])
    interpreter.set_input(question["input"])
    said = json.loads(str(interpreter.query(f"data.{question['package']}.violation")))
    found = said["expressions"][0]
    # A set comes as a list, or, with the words of Rego 0, as an object whose keys are its members, written as JSON.
    members = found if isinstance(found, list) else [json.loads(key) for key in found]
    return sorted(member["msg"] for member in members)


json.dump([ask(question) for question in json.load(sys.stdin)], sys.stdout)
