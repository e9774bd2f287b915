"""Reads each dashboard with Grafana's own types for Python: prints `file: what is wrong` for those that these refuse."""

import json
import sys

from grafana_foundation_sdk.models.dashboard import Dashboard


def main():
    refused = False
    for path in sys.argv[1:]:
        try:
            with open(path, encoding="utf-8") as file:
                Dashboard.from_json(json.load(file))
        # Whatever its types do not expect is raised by the code that meets it.
        except Exception as error:
            refused = True
            print(f"{path}: {type(error).__name__}: {error}")
    sys.exit(refused)


main()
