"""Compares the verdicts of two exports of one study: how many differ, and by which margins they hold.

usage: changed_verdicts.py NAME FIRST.csv SECOND.csv
"""

import csv
import sys


def main():
    name, *files = sys.argv[1:4]
    with open(files[0]) as first, open(files[1]) as second:
        pairs = list(zip(csv.DictReader(first), csv.DictReader(second), strict=True))
    changed = [(a, b) for a, b in pairs if a["verdict"] != b["verdict"]]
    bits = sum(a != b for a, b in pairs)
    certified = sum(bool(a["certificate"]) or not a["limit_risk"] for a, _ in changed)
    print(f"{name}: {len(changed)} of {len(pairs)} verdicts change, {certified} of them certified; {bits} lines differ")
    for a, b in changed:
        print(f"  cell {a['cell']}, trial {a['trial']}: {a['verdict']} ({a['margin']}), {b['verdict']} ({b['margin']})")


if __name__ == "__main__":
    main()
