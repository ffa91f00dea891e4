#!/usr/bin/env python3
"""Compare Landfall's final risks with those of the NumPy reference.

    landfall run inner-bias --trials 400 -o inner-bias.landfall
    landfall export inner-bias.landfall > inner-bias.csv
    python3 compare.py inner-bias inner-bias.csv

For every width of the CSV that is stored, the two-sample Kolmogorov-Smirnov test of the risks. Exit code 0 if every
p value is at least 0.001, 1 if one is below, 2 if the input cannot be used.
"""

import argparse
import csv
import json
import math
import pathlib
import sys

from scipy import stats

STORED = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Data" / "reference-risks.json"
# The rate of false alarms of one width when both samples come from the same law.
ALARM = 0.001


class Unusable(Exception):
    """Input that cannot be compared; the text says what, where and what would be right."""


def stored_risks(path, study):
    """The reference risks of one study by width."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    except (OSError, ValueError, KeyError) as error:
        raise Unusable(f"{path}: no reference risks can be read ({error}); "
                       "reference.py --output writes them") from error
    found = {case["width"]: case["risks"] for case in cases if case["study"] == study}
    if not found:
        known = ", ".join(sorted({case["study"] for case in cases}))
        raise Unusable(f"study '{study}' is not stored in {path}; stored: {known}")
    return found


def exported_risks(path):
    """The risks of one `landfall export` file by width. A diverged trial has infinite risk; a crashed one has
    none, and is left out."""
    risks, trials = {}, set()
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            missing = {"cell", "trial", "verdict", "risk"} - set(rows.fieldnames or [])
            if missing:
                raise Unusable(f"{path}: no column {', '.join(sorted(missing))}; expected the CSV of `landfall export`")
            for row in rows:
                if row["verdict"] == "crashed":
                    continue
                place = f"{path}, line {rows.line_num}"
                try:
                    width = int(row["cell"])
                except (TypeError, ValueError):
                    raise Unusable(f"{place}: cell '{row['cell']}' is not the width of one hidden layer, "
                                   "such as 20") from None
                try:
                    risk = float(row["risk"])
                except (TypeError, ValueError):
                    risk = math.nan
                if not math.isfinite(risk) and row["verdict"] == "diverged":
                    risk = math.inf
                if math.isnan(risk) or risk < 0:
                    raise Unusable(f"{place}: risk '{row['risk']}' of a trial that is '{row['verdict']}'; "
                                   "expected a number that is not negative")
                if (width, row["trial"]) in trials:
                    raise Unusable(f"{place}: trial {row['trial']} of cell {width} occurs twice; each may count once")
                trials.add((width, row["trial"]))
                risks.setdefault(width, []).append(risk)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unusable(f"{path}: cannot be read ({error})") from error
    return risks


def compare(study, path, stored):
    """Print one line a width; return the smallest p value."""
    exported = exported_risks(path)
    common = sorted(set(exported) & set(stored))
    if not common:
        raise Unusable(f"{path}: widths {sorted(exported)} have no reference; stored for {study}: {sorted(stored)}")
    for width in sorted(set(exported) - set(stored)):
        print(f"{study} width {width}: {len(exported[width])} trials, no reference stored, skipped")
    smallest = 1.0
    for width in common:
        test = stats.ks_2samp(exported[width], stored[width])
        smallest = min(smallest, test.pvalue)
        print(f"{study} width {width}: {len(exported[width])} trials, {len(stored[width])} reference networks, "
              f"KS {test.statistic:.4f}, p {test.pvalue:.4g}{'' if test.pvalue >= ALARM else '  DIFFERENT'}")
    return smallest


def main():
    parser = argparse.ArgumentParser(description="Compare exported risks with the NumPy reference.")
    parser.add_argument("study", help="built-in study: inner-bias or shallow-he")
    parser.add_argument("csv", nargs="+", help="CSV written by `landfall export`; several are compared one by one")
    parser.add_argument("--stored", type=pathlib.Path, default=STORED, help="default: Tests/Data/reference-risks.json")
    arguments = parser.parse_args()
    try:
        stored = stored_risks(arguments.stored, arguments.study)
        smallest = min(compare(arguments.study, path, stored) for path in arguments.csv)
    except Unusable as error:
        print(f"compare.py: {error}", file=sys.stderr)
        return 2
    return 0 if smallest >= ALARM else 1


if __name__ == "__main__":
    sys.exit(main())
