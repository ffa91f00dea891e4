"""The command line of the scripts that record test data."""

import argparse
import json
import sys


def main(description, comparison, self_test, record, line_breaks):
    """Compares (`--self-test`), or writes what `record` returns as JSON (`--output`).

    `comparison` says what `self_test` compares; it returns whether it failed. `line_breaks` are pairs of texts: where the
    first stands in the JSON, the second is written, so that changes can be seen line by line. Numbers have the shortest
    form that reads back as the same double.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--self-test", action="store_true", help=comparison)
    parser.add_argument("--output", help="the JSON file to write")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(self_test())
    if not options.output:
        parser.error("one of --self-test and --output is needed")
    text = json.dumps(record())
    for place, broken in line_breaks:
        text = text.replace(place, broken)
    with open(options.output, "w") as file:
        file.write(text + "\n")
