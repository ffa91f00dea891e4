"""Writes the tables of Documentation/built-in-studies.md from the reports and exports of all built-in studies.

usage: study_tables.py FOLDER DOCUMENT

FOLDER holds NAME.json (landfall report --format json) and NAME.csv (landfall export) of every study. In the document
each table stands between a line "<!-- table NAME -->" and a line "<!-- end -->", whose content is replaced if its studies
are there.
"""

import csv
import json
import math
import re
import sys
from pathlib import Path

from scipy.stats import fisher_exact, linregress

PUBLISHED = [
    "clipping", "inner-bias", "shallow-normal", "shallow-he", "shallow-half-normal", "deep-normal", "deep-he",
    "deep-xavier", "three-layer-he", "three-layer-xavier", "deep-he-adam", "deep-xavier-adam",
]  # fmt: skip
LANDSCAPE = ["ladder", "affine-target", "non-convergence"]


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(entry) for entry in row) + " |" for row in rows])


class Study:
    def __init__(self, folder, name):
        self.name = name
        self.report = json.loads((folder / f"{name}.json").read_text())
        self.cells = self.report["tables"]["cells"]
        self.landscape = self.report["tables"].get("landscape", [])
        self.export = folder / f"{name}.csv"

    def counts(self, cell, kind):
        """Trials by name, of the rows of the landscape of this cell and kind."""
        return {
            row["name"]: row["count"] for row in self.landscape if row["cell"] == cell["cell"] and row["kind"] == kind
        }

    def trials(self):
        with self.export.open() as file:
            yield from csv.DictReader(file)


def share(row, name):
    low, high = row[name], row[f"{name}_highest"]
    return f"{low:.3f}" if low == high else f"{low:.3f} to {high:.3f}"


def interval(row, name):
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return f"{math.floor(lower * 1e4) / 1e4:.4f} to {math.ceil(upper * 1e4) / 1e4:.4f}"


def verdicts(studies):
    rows = []
    for study in studies:
        for number, cell in enumerate(study.cells):
            risk = {name: f"{float(cell[f'risk_{name}']):.2g}" for name in (5, 50, 95)}
            rows.append([
                f"`{study.name}`" if number == 0 else "", cell["cell"], cell["trials"],
                f"{float(cell['risk_at_most']):.3g}", cell["good"], cell["bad"], cell["undecided"],
                share(cell, "p_good"), interval(cell, "p_good"), share(cell, "p_end"), risk[50],
                f"{risk[5]} to {risk[95]}",
            ])  # fmt: skip
    return table(
        ["study", "cell", "trials", "good risk", "good", "bad", "undecided", "P", "95 %",
         "P when training ends", "median risk then", "5 % to 95 %"], rows)  # fmt: skip


def ladder(study):
    names = [f"D_{k}" for k in range(1, 8)]
    rows = []
    for cell in study.cells:
        levels = study.counts(cell, "level")
        total = cell["trials"]
        beyond = sum(count for name, count in levels.items() if re.fullmatch(r"D_\d+", name) and int(name[2:]) > 7)
        optima = sum(count for name, count in levels.items() if name.startswith("m_"))
        local = sum(count for name, count in levels.items() if name.startswith("local"))
        counts = [levels.get(name, 0) for name in names]
        counts += [beyond, optima, local, levels.get("none", 0) + levels.get("other", 0), levels.get("not at rest", 0)]
        rows.append([cell["cell"], *(f"{count / total:.4f}".rstrip("0").rstrip(".") for count in counts)])
    return table(["h", *names, "D_8 and beyond", "an optimum m_k", "local D_k", "at no level", "not at rest"], rows)


def kinds(studies):
    rows = []
    for study in studies:
        for number, cell in enumerate(study.cells):
            qualities, kinds = (list(study.counts(cell, kind).values()) for kind in ("quality", "kind"))
            # Global, good and bad; then minimum, no way down, saddle, degenerate, unresolved, not at rest.
            rows.append([
                f"`{study.name}`" if number == 0 else "", cell["cell"], *qualities[:3], *kinds[:6],
            ])  # fmt: skip
    return table(
        ["study", "cell", "global", "good", "bad", "minimum", "no way down", "saddle", "degenerate", "unresolved",
         "not at rest"], rows)  # fmt: skip


def affine(study):
    rows = []
    for cell in study.cells:
        dead = next(
            (row for row in study.landscape
             if (row["cell"], row["kind"], row["name"]) == (cell["cell"], "initially dead", "all")), None)  # fmt: skip
        qualities = study.counts(cell, "quality")
        rows.append([
            cell["cell"], share(cell, "p_good"), cell["good_by_theorem"], cell["bad"], cell["bad_by_theorem"],
            qualities["global"], cell["undecided"],
            f"{dead['p']:.3f}" if dead else "-",
            f"{dead['reference']:.3f}" if dead and dead["reference"] is not None else "-",
        ])  # fmt: skip
    return table(
        ["cell", "P(good)", "good by theorem", "bad", "bad by theorem", "global limits at rest", "undecided",
         "all dead at first", "closed form"], rows)  # fmt: skip


def escape(study):
    rates = {
        "2 relu": 37.5, "4 relu": 117.2, "6 relu": 266.7, "1 leaky-relu:0.1": 33.3, "2 leaky-relu:0.1": 41.7,
        "3 leaky-relu:0.1": 59.8, "4 leaky-relu:0.1": 144.7,
    }  # fmt: skip
    points, escaped, total = {}, 0, 0
    for trial in study.trials():
        match = re.fullmatch(r"(\d+ \S+) distance=(\S+) learning-rate=(\S+)", trial["cell"])
        saddle, distance, rate = match[1], float(match[2]), float(match[3])
        limit = {0.2: 50_000, 0.1: 100_000, 0.05: 200_000}[rate]
        total += 1
        escaped += int(trial["steps"]) < limit
        if distance < 0.05:
            points.setdefault((saddle, rate), []).append((-math.log(distance), int(trial["steps"]) * rate))
    rows = []
    for saddle, time in rates.items():
        row = [saddle]
        for rate in (0.2, 0.1, 0.05):
            fit = linregress(*zip(*points[saddle, rate]))
            row.append(f"{fit.slope / time:.3f} ± {fit.stderr / time:.3f}")
        rows.append(row)
    return f"{escaped} of {total} trials escaped.\n\n" + table(["saddle", "rate 0.2", "rate 0.1", "rate 0.05"], rows)


def students(study):
    published = {6: 3, 7: 82, 8: 183, 9: 329}
    rows = []
    for cell in study.cells:
        neurons = int(re.match(r"\d+", cell["cell"])[0])
        size = int(re.search(r"dimension=(\d+)", cell["cell"])[1])
        bad, trials = cell["bad"], cell["trials"]
        # Not the row that counts the others.
        points = [
            row for row in study.landscape
            if (row["cell"], row["kind"]) == (cell["cell"], "critical point") and row["signature"] is not None
        ]  # fmt: skip
        minima = [row for row in points if row["smallest_risk"] > 1e-8]
        known = published.get(size) if neurons == size else None
        p = fisher_exact([[bad, trials - bad], [known, 1500 - known]])[1] if known is not None else None
        rows.append([
            size, neurons, bad, cell["undecided"], interval_of_bad(cell), "-" if known is None else f"{known} of 1500",
            "-" if p is None else f"{p:.2f}", len(minima),
        ])  # fmt: skip
    return table(["k", "n", "spurious", "undecided", "P(spurious), 95 %", "published", "p", "minima found"], rows)


def interval_of_bad(cell):
    return f"{1 - cell['p_good_upper']:.4f} to {1 - cell['p_good_lower']:.4f}"


def initially_dead(study, kind):
    """Rows of the table of what is dead at initialization, by cell."""
    return {row["cell"]: row for row in study.report["tables"]["initially_dead"] if row["dead"] == kind}


def theory(row):
    lower, upper = row["theory_lower"], row["theory_upper"]
    if lower == upper:
        return f"{lower:.4f}"
    return f"{math.floor(lower * 1e4) / 1e4:.4f} to {math.ceil(upper * 1e4) / 1e4:.4f}"


def born_dead(study):
    widths, entries = [], {}
    dead = initially_dead(study, "layer")
    for cell in study.cells:
        shape, interval = cell["cell"].split(" uniform:")
        width, depth = int(shape.split("-")[0]), len(shape.split("-"))
        if width not in widths:
            widths.append(width)
        row = dead.get(cell["cell"])
        entries.setdefault((interval, depth), {})[width] = f"{row['p']:.4f}; {theory(row)}" if row else "0"
    rows = [
        [f"[{interval.replace(';', ', ')}]", depth, *(row[width] for width in widths)]
        for (interval, depth), row in entries.items()
    ]  # fmt: skip
    return table(["inputs", "layers", *(f"N = {width}" for width in widths)], rows)


def reached(trial):
    """A bound of the limit of the risk from below and from above: None where the flow has no end that is known."""
    if trial["constant_risk"]:  # A whole layer is dead, and the outer bias comes to the mean of the target.
        return float(trial["constant_risk"]), float(trial["constant_risk"])
    risk = float(trial["limit_risk"] or trial["risk"])
    return (risk if trial["at_rest"] == "true" else None), risk


# Of x^2 + 2x on [0, 1]. Its best fits by k lines have the risk 1 / (180 k^4).
VARIANCE = 34 / 45


def deep_misses(study):
    """How many limits stay above what the first layer could reach with the neurons that were alive at the start."""
    above, may_be_above, trials = {}, {}, {}
    for trial in study.trials():
        alive = int(re.match(r"\d+", trial["cell"])[0]) - int(trial["initially_dead_in_first_layer"])
        reachable = (1 / (180 * alive**4) if alive else VARIANCE) * (1 + 1e-9)
        cell = trial["cell"]
        lower, upper = reached(trial)
        trials[cell] = trials.get(cell, 0) + 1
        above[cell] = above.get(cell, 0) + (lower is not None and lower > reachable)
        may_be_above[cell] = may_be_above.get(cell, 0) + (upper > reachable)
    layers, neurons = initially_dead(study, "layer"), initially_dead(study, "first-layer neuron")

    def measured(row):
        return f"{row['p']:.3f}; {row['theory_lower']:.6f}" if row else "-"

    def stays(name):
        lower, upper = (count[name] / trials[name] for count in (above, may_be_above))
        return f"{lower:.3f}" if lower == upper else f"{lower:.3f} to {upper:.3f}"

    rows = [[
        cell["cell"], measured(neurons.get(cell["cell"])), measured(layers.get(cell["cell"])),
        cell["bad_by_theorem"], interval(cell, "p_end"), interval(cell, "p_good"), cell["undecided"],
        stays(cell["cell"]), f"{float(cell['risk_50']):.2g}",
    ] for cell in study.cells]  # fmt: skip
    return table(
        ["cell", "dead in layer 1; closed form", "whole layer dead; closed form", "constant at the end",
         "P(risk at the end <= D_h), 95 %", "P(limit <= D_h), 95 %", "undecided", "limit above D_a",
         "median risk at the end"], rows)  # fmt: skip


def main():
    folder, document = Path(sys.argv[1]), Path(sys.argv[2])
    studies = {path.stem: Study(folder, path.stem) for path in folder.glob("*.json")}
    tables = {
        "published": (PUBLISHED, lambda *studies: verdicts(studies)),
        "landscape": (LANDSCAPE, lambda *studies: verdicts(studies)),
        "kinds": (LANDSCAPE, lambda *studies: kinds(studies)),
        "ladder": (["ladder"], ladder),
        "affine-target": (["affine-target"], affine),
        "non-convergence-deep": (["non-convergence-deep"], deep_misses),
        "born-dead": (["born-dead"], born_dead),
        "saddle-escape": (["saddle-escape"], escape),
        "teacher-student": (["teacher-student"], students),
    }
    text = document.read_text()
    for name, (needed, content) in tables.items():
        if not all(study in studies for study in needed):
            print(f"study_tables.py: the table {name} stays as it is: {folder} has not all of {', '.join(needed)}")
            continue
        mark = f"<!-- table {name} -->"
        if text.count(mark) != 1:
            sys.exit(f"study_tables.py: {document} has {text.count(mark)} lines {mark}")
        start = text.index(mark) + len(mark)
        lines = content(*(studies[study] for study in needed))
        text = text[:start] + "\n\n" + lines + "\n\n" + text[text.index("<!-- end -->", start):]
    document.write_text(text)


if __name__ == "__main__":
    main()
