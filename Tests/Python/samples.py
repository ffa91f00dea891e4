"""Figures with every mark, scale and kind of value, as the program would write them: figures.json and CSV files."""

import csv
import json
import math

import numpy as np

HOSTILE = [
    "cost $x^2_i$ \\frac{1}{0} & <b>50 % off</b> $",
    "a\tb\nc\x00\x1b[31m red",
    "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "w" * 300,
    "half a letter \ud800 and a box \U0001f600",
    "network.hidden=[[5],[20]] " * 6,
    "$",
    "",
]


def axis(label, scale="linear", **more):
    return {"label": label, "scale": scale, "named": [], "onlyNamed": False, **more}


def named(*ticks):
    return [{"at": at, "name": name} for at, name in ticks]


def layer(mark, tone, entry=None, rows=None, variant="plain", **columns):
    told = {"mark": mark, "tone": tone, "variant": variant, "rows": rows or {}, "columns": columns}
    return {**told, "label": entry} if entry is not None else told


def panel(position, value, layers, title="", horizontal=False, wide=False):
    return {
        "title": title,
        "position": position,
        "value": value,
        "layers": layers,
        "horizontal": horizontal,
        "wide": wide,
    }


class Folder:
    def __init__(self, path, style="plain"):
        self.path, self.figures, self.style = path, [], style
        path.mkdir(parents=True, exist_ok=True)

    def add(self, file, title, columns, rows, panels):
        with open(self.path / f"{file}.csv", "w", newline="", encoding="utf-8", errors="replace") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                writer.writerow(
                    ["" if entry is None else f"{entry:.17g}" if isinstance(entry, float) else entry for entry in row]
                )
        self.figures.append({"file": file, "title": title, "data": f"{file}.csv", "panels": panels, "notes": []})

    def write(self):
        provenance = "inner-bias, landfall 0.1, landfall figures two.landfall -o figures; caf\u00e9 \u2264 $1"
        told = {"schema": 1, "style": self.style, "provenance": provenance, "figures": self.figures}
        (self.path / "figures.json").write_text(json.dumps(told, indent=2))


def write(path):
    folder = Folder(path)
    probability(folder)
    outcomes(folder)
    law(folder)
    training(folder)
    phase(folder)
    ladder(folder)
    many(folder)
    hostile(folder)
    empty(folder)
    folder.write()
    paper = Folder(path / "paper", "paper")
    training(paper)
    paper.write()


def wilson(good, trials):
    p, z = good / trials, 1.96
    centre, half = p + z * z / 2 / trials, z * math.sqrt(p * (1 - p) / trials + z * z / 4 / trials / trials)
    low, high = (centre - half) / (1 + z * z / trials), (centre + half) / (1 + z * z / trials)
    return max(0.0, low), min(1.0, high)


def probability(folder):
    """Widths near each other, probabilities of 0 and 1, undecided trials, and nothing that failed."""
    rows = []
    for event, shift in (("end", 30), ("limit", 0)):
        for width, good, undecided in (
            (5, 0, 40),
            (19, 150, 20),
            (20, 192, 0),
            (21, 200, 3),
            (50, 298, 0),
            (100, 300, 0),
        ):
            good = max(0, good - shift)
            low, high = wilson(good, 300)[0], wilson(good + undecided, 300)[1]
            p, most = good / 300, (good + undecided) / 300
            high = 1.0 if good + undecided == 300 else high
            rows.append(
                [
                    f"h = {width}",
                    event,
                    width,
                    p,
                    most,
                    low,
                    high,
                    1 - p or None,
                    1 - most or None,
                    1 - high or None,
                    1 - low,
                    1 - low if p == 1 else None,
                ]
            )
    columns = [
        "cell",
        "event",
        "h",
        "p",
        "p_highest",
        "p_lower",
        "p_upper",
        "q",
        "q_lowest",
        "q_lower",
        "q_upper",
        "q_at_most",
    ]
    widths = named(*((float(w), str(w)) for w in (5, 19, 20, 21, 50, 100)))

    def layers(mark, **columns):
        return [
            layer(
                mark,
                "series-0",
                {"end": "when training ends", "limit": "at the limit"}[event] if mark == "points" else None,
                {"event": event},
                "open" if event == "end" else "plain",
                position="h",
                **columns,
            )
            for event in ("end", "limit")
        ]

    position = axis("width h", "logarithmic", named=widths)
    folder.add(
        "probability",
        "inner-bias: P(good critical point), training leads to a critical point with risk <= 0.001",
        columns,
        rows,
        [
            panel(
                position,
                axis("P(good)", range=[0, 1]),
                layers("points", value="p", highest="p_highest", low="p_lower", high="p_upper"),
            ),
            panel(
                position,
                axis("1 - P(good)", "logarithmic"),
                layers("points", value="q", highest="q_lowest", low="q_lower", high="q_upper")
                + layers("at-most", value="q_at_most"),
            ),
        ],
    )


SEGMENTS = [
    ("good when training ends", "good"),
    ("good at the limit", "good-later"),
    ("undecided", "undecided"),
    ("bad", "bad"),
    ("diverged", "diverged"),
]


def outcomes(folder, name="outcomes", count=6):
    random = np.random.default_rng(3)
    labels = [f"activation=relu, optimizer=sgd, learning-rate={0.1 / (place + 1):.5f}" for place in range(count)]
    labels[0], labels[1] = "h = 5", "h = 20, optimizer=adam"
    rows = []
    for place, label in enumerate(labels):
        counts = (
            random.multinomial(300, random.dirichlet([1.5, 1, 0.7, 1, 0.4])) if place else np.array([300, 0, 0, 0, 0])
        )
        ends = np.cumsum([0, *counts]) / 300
        for segment, (text, _) in enumerate(SEGMENTS):
            low, high = wilson(int(counts[:2].sum()), 300)
            rows.append([label, text, float(ends[segment]), float(ends[segment + 1]), float(ends[2]), low, high])
    layers = [
        layer("bars", tone, text, {"segment": text}, position="cell", low="from", high="to") for text, tone in SEGMENTS
    ]
    layers.append(
        layer(
            "points",
            "reference",
            "P(good), 95 %",
            {"segment": "good at the limit"},
            position="cell",
            value="p",
            low="p_lower",
            high="p_upper",
        )
    )
    cells = axis("cell", "categories", categories=labels)
    folder.add(
        name,
        f"{name}: what becomes of trials",
        ["cell", "segment", "from", "to", "p", "p_lower", "p_upper"],
        rows,
        [panel(cells, axis("share of trials", range=[0, 1]), layers, horizontal=True)],
    )


def law(folder):
    """Steps with bands on a logarithmic axis on which names stand for 0 and infinity, with rules at levels."""
    random = np.random.default_rng(5)
    rows = []
    for width in (5, 20, 100):
        risks = np.sort(10 ** random.normal(-2 - math.log10(width), 1.2, 60))
        half = math.sqrt(math.log(2 / 0.05) / 2 / 60)
        rows.append([f"h = {width}", 1e-9, 0.05, max(0.0, 0.05 - half), 0.05 + half, None, None])
        for place, risk in enumerate(risks, 1):
            part = 0.05 + 0.9 * place / 60
            rows.append([f"h = {width}", float(risk), part, max(0.0, part - half), min(1.0, part + half), None, None])
        rows.append([f"h = {width}", 1e3, 0.95, 0.95 - half, 1.0, None, None])
    for level, name in ((0.04, "D_0"), (0.0031, "D_1"), (0.0029, "D_2"), (1e-3, "eps"), (2e-5, "m_20"), (None, "lost")):
        rows.append(["", None, None, None, None, level, name])
    layers = [
        layer(
            "steps",
            f"series-{place}",
            f"h = {width}",
            {"cell": f"h = {width}"},
            position="risk",
            value="part",
            low="low",
            high="high",
        )
        for place, width in enumerate((5, 20, 100))
    ]
    layers.insert(0, layer("position-rule", "reference", "levels", position="level", label="name"))
    risk = axis("risk", "logarithmic", named=named((1e-9, "0"), (1e3, "inf")))
    folder.add(
        "law",
        "Law of the risk at the limit",
        ["cell", "risk", "part", "low", "high", "level", "name"],
        rows,
        [
            panel(risk, axis("P(risk at most that)", range=[0, 1]), layers, "at the limit", wide=True),
            panel(axis("P(risk at most that)", range=[0, 1]), risk, [], "nothing is drawn here"),
        ],
    )


def training(folder):
    """The three panels of the papers."""
    random = np.random.default_rng(7)
    rows = []
    for place, width in enumerate((5, 20, 100)):
        cell = f"h = {width}"
        counts, edges = np.histogram(np.log10(10 ** random.normal(-1.5 - place, 0.6, 300)), bins=30, range=(-5, 1))
        for count, low, high in zip(counts, edges, edges[1:]):
            rows.append(
                [cell, "bin", float(10**low), float(10**high), 100 * float(count) / 300, None, None, None, None, None]
            )
        for number, step in enumerate([0, *np.unique(np.logspace(0, 4, 60).astype(int)).tolist()]):
            norm, distance = 2.0 * max(step, 1) ** -0.7 / (place + 1), 1.2 / (1 + (step / 300) ** 0.8)
            # One that is missing, and one that is infinite.
            norm = None if (number, place) == (20, 0) else math.inf if (number, place) == (25, 1) else norm
            low, high = (None, None) if norm is None else (norm / 2, norm * 1.8)
            rows.append([cell, "step", None, None, None, int(step), norm, low, high, distance])
    columns = ["cell", "what", "from", "to", "percent", "step", "norm", "norm_low", "norm_high", "distance"]

    def each(mark, what, **columns):
        return [
            layer(mark, f"series-{place}", f"(1, {width}, 1)", {"cell": f"h = {width}", "what": what}, **columns)
            for place, width in enumerate((5, 20, 100))
        ]

    folder.add(
        "training",
        "shallow-normal: final risk, gradient norm and distance",
        columns,
        rows,
        [
            panel(
                axis("risk", "logarithmic"),
                axis("relative frequency (%)"),
                each("histogram", "bin", position="from", to="to", value="percent"),
                wide=True,
            ),
            panel(
                axis("steps", "logarithmic"),
                axis("gradient norm (root mean square)", "logarithmic"),
                each("line", "step", position="step", value="norm", low="norm_low", high="norm_high"),
            ),
            panel(
                axis("steps", "logarithmic"),
                axis("distance to the limit (root mean square)"),
                each("line", "step", position="step", value="distance"),
            ),
        ],
    )


def phase(folder):
    rates, widths = ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"], ["5", "10", "20", "50", "100"]
    rows = []
    for i, rate in enumerate(rates):
        for j, width in enumerate(widths):
            shade = None if (i, j) == (6, 4) else min(1.0, max(0.0, 0.3 * j - 0.08 * (i - 3) ** 2 + 0.2))
            rows.append(
                [rate, width, shade, "yes" if (i + j) % 5 == 0 else "no", "" if shade is None else f"{shade:.2f}"]
            )
    told = layer("tiles", "good", "P(good)", position="rate", value="h", shade="p", hatch="open", label="text")
    folder.add(
        "phase",
        "P(good critical point) over learning rate and width",
        ["rate", "h", "p", "open", "text"],
        rows,
        [
            panel(
                axis("learning-rate", "categories", categories=rates),
                axis("width h", "categories", categories=widths),
                [told],
            )
        ],
    )


def ladder(folder):
    """Values on a horizontal axis, with whiskers to infinity, and rules of which some lie near each other."""
    labels = [f"D_{place}" for place in range(8)]
    rows = [
        [
            label,
            10.0**-place,
            10.0 ** -(place + 0.4),
            math.inf if place == 0 else 10.0 ** (0.4 - place),
            float(place) / 7,
            None,
            None,
        ]
        for place, label in enumerate(labels)
    ]
    rows[3][1] = None
    rows += [["", None, None, None, None, 1e-3 * 1.1**k, f"level {k}"] for k in range(5)]
    cells = axis("level", "categories", categories=labels)
    folder.add(
        "ladder",
        "The ladder of levels",
        ["level", "risk", "low", "high", "share", "rule", "rule_name"],
        rows,
        [
            panel(
                cells,
                axis("risk", "logarithmic"),
                [
                    layer("value-rule", "reference", variant="faint", value="rule", label="rule_name"),
                    layer("points", "series-1", "risk", position="level", value="risk", low="low", high="high"),
                ],
                "reference levels",
                True,
            ),
            panel(
                cells,
                axis("share of limits", range=[0, 1]),
                [layer("bars", "series-0", "limits", position="level", low="zero", high="share")],
                horizontal=True,
            ),
            panel(
                axis("share of limits", range=[0, 1]),
                axis("risk", "logarithmic"),
                [
                    layer("line", "series-2", "upright", position="share", value="risk"),
                    layer("value-rule", "reference", "rules", variant="open", value="rule", label="rule_name"),
                ],
            ),
            panel(
                axis("x"),
                axis("risk / 1"),
                [layer("line", "series-2", "upright", position="share", value="risk", variant="faint")],
            ),
        ],
    )
    with open(folder.path / "ladder.csv", newline="") as file:
        table = list(csv.reader(file))
    with open(folder.path / "ladder.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(
            [[*line, "zero" if place == 0 else "0" if line[0] else ""] for place, line in enumerate(table)]
        )


def many(folder):
    """Twelve series, forty categories, and one series whose values are nearly the same."""
    outcomes(folder, "forty", 40)
    rows = [
        [f"series {series}", float(x), float(math.exp(-x / (series + 1)))]
        for series in range(12)
        for x in np.linspace(0, 5, 11)
    ]
    marks = ("line", "points", "steps")
    panels = [
        panel(
            axis("flow time"),
            axis("share", range=[0, 1]),
            [
                layer(
                    mark,
                    f"series-{series}",
                    f"series {series}",
                    {"series": f"series {series}"},
                    position="x",
                    value="y",
                )
                for series in range(12)
            ],
        )
        for mark in marks
    ]
    folder.add("twelve", "Twelve series", ["series", "x", "y"], rows, panels)
    rows = [[int(10**k), 12345.0 + 1e-4 * k, 3e-6 * (1 + k), 10.0 ** (-15 + 9 * k), 2e-4 + 1e-6 * k] for k in range(7)]

    def line(value):
        return [layer("line", "series-0", position="n", value=value)]

    folder.add(
        "narrow",
        "One series each, on awkward ranges",
        ["n", "near", "small", "vast", "thin"],
        rows,
        [
            panel(axis("trials"), axis("nearly the same"), line("near")),
            panel(axis("trials", "logarithmic"), axis("small"), line("small")),
            panel(axis("trials", "logarithmic"), axis("vast", "logarithmic"), line("vast")),
            panel(
                axis("small"),
                axis("less than a decade", "logarithmic"),
                [layer("points", "bad", position="small", value="thin")],
            ),
            panel(
                axis("vast", "logarithmic"),
                axis(
                    "trials",
                    "logarithmic",
                    named=named(*((float(k), str(k)) for k in range(1, 60)), (1e6, "10^6")),
                    onlyNamed=True,
                ),
                [layer("points", "diverged", position="vast", value="n")],
            ),
            panel(
                axis("n, as categories", "categories", categories=[str(int(10**k)) for k in range(7)]),
                axis("vast", "logarithmic"),
                [
                    layer("points", "series-3", position="n", value="vast"),
                    layer("position-rule", "reference", position="n"),
                ],
            ),
        ],
    )


def hostile(folder):
    """Texts that come from strangers."""
    texts = [text for text in HOSTILE if text]
    written = [text.encode("utf-8", "replace").decode() for text in texts]
    rows = [[text, float(place), 1.0 + place, text] for place, text in enumerate(written)]
    layers = [
        layer("points", f"series-{place}", text, position="name", value="x", rows={"name": written[place]})
        for place, text in enumerate(texts)
    ]
    for told in layers:
        told["rows"] = {}
    cells = axis(HOSTILE[0], "categories", categories=written)
    ticks = named(*((float(place), text) for place, text in enumerate(texts)))
    folder.add(
        "hostile",
        HOSTILE[0] + HOSTILE[3] + HOSTILE[5],
        ["name", "x", "y", "label"],
        rows,
        [
            panel(cells, axis(HOSTILE[5]), layers, HOSTILE[0] * 3, horizontal=True),
            panel(
                cells,
                axis(HOSTILE[3]),
                layers[:2] + [layer("value-rule", "reference", HOSTILE[2], value="x", label="label")],
                HOSTILE[4],
            ),
            panel(
                axis(HOSTILE[1], named=ticks),
                axis(HOSTILE[5], "logarithmic", named=ticks),
                [
                    layer("line", "good", HOSTILE[0], position="x", value="y"),
                    layer("position-rule", "bad", position="x", label="label"),
                ],
            ),
            panel(
                cells,
                cells,
                [layer("tiles", "good", HOSTILE[5], position="name", value="name", shade="x", label="label")],
            ),
        ],
    )


def empty(folder):
    """Nothing that can be drawn: zeros on a logarithmic axis, what is missing, what is infinite."""
    rows = [["a", 0.0, math.inf, None], ["b", -1.0, -math.inf, None]]
    folder.add(
        "empty",
        "",
        ["cell", "zero", "infinite", "missing"],
        rows,
        [
            panel(
                axis("", "logarithmic"),
                axis("zero", "logarithmic"),
                [layer("points", "series-0", position="zero", value="zero", low="missing", high="missing")],
            ),
            panel(
                axis("infinite"), axis("missing"), [layer("steps", "series-0", position="infinite", value="missing")]
            ),
            panel(axis("none", "categories", categories=[]), axis("at most", "logarithmic"), [], horizontal=True),
            panel(
                axis("zero"),
                axis("at most", "logarithmic"),
                [layer("at-most", "series-0", position="zero", value="zero")],
            ),
        ],
    )
    # As large and as small as numbers are, beside a series that has none.
    rows = [["a", 1.0, 1e-308, 5e-324, 1e308], ["a", 2.0, 1.0, 1.0, 1.0], ["a", 3.0, 1e308, 1e3, 1.7e308]]
    rows += [["b", 1.0, None, None, None], ["b", 2.0, math.inf, 1.0, math.inf]]
    both = [("series-0", {"cell": "a"}), ("series-1", {"cell": "b"})]

    def layers(mark):
        columns = {"position": "n", "value": "value", "low": "low", "high": "high"}
        return [layer(mark, tone, tone, rows, **columns) for tone, rows in both]

    folder.add(
        "vast",
        "The largest and the smallest numbers",
        ["cell", "n", "value", "low", "high"],
        rows,
        [
            panel(axis("n"), axis("value", "logarithmic"), layers("line")),
            panel(axis("n"), axis("value"), layers("points")),
            panel(axis("n"), axis("value"), layers("line")),
            panel(axis("n", "logarithmic"), axis("value", "logarithmic"), layers("bars"), horizontal=True),
        ],
    )


if __name__ == "__main__":
    import pathlib
    import sys

    write(pathlib.Path(sys.argv[1]))
