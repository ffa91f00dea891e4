"""Reads the JSON report of a study from standard input and prints one Markdown row for each cell.

usage: landfall report FILE --format json | study_rows.py STUDY SECONDS
"""

import json
import sys


def main():
    study, seconds = sys.argv[1:3]
    report = json.load(sys.stdin)
    for number, cell in enumerate(report["cells"]):
        quantiles = {entry["share"]: entry["risk"] for entry in cell["risk_quantiles"]}
        first = (f"`{study}`", seconds) if number == 0 else ("", "")
        columns = [
            *first, cell["cell"], *(f"{float(quantiles[share]):.2g}" for share in (0.5, 0.05, 0.95)),
            f"{float(cell['risk_at_most']):g}", f"{cell['p_risk']['share']:.3f}",
            f"{cell['not_converged'] / cell['trials']:.2f}",
        ]  # fmt: skip
        print("| " + " | ".join(columns) + " |")


if __name__ == "__main__":
    main()
