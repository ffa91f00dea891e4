"""figures.py FOLDER: Scripts/figures/draw.py draws what samples.py describes as it should, in an empty folder."""

import contextlib
import csv
import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.text import Text
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "Scripts/figures"), str(ROOT / "Tests/Python")]
import data  # noqa: E402
import draw  # noqa: E402
import files  # noqa: E402
import layout  # noqa: E402
import looks  # noqa: E402
import samples  # noqa: E402
import texts  # noqa: E402

MILLIMETRE = looks.DPI / looks.INCH


# Texts


def texts_of(figure):
    """What can be read of a figure, with its extent in pixels; texts of tiles, which stand on axes, come second."""
    renderer = figure.canvas.get_renderer()
    beside, inside = [], []
    for axes in figure.axes:
        found = [axes.title, axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            ticks = axis._update_ticks()
            found += [label for tick in ticks for label in (tick.label1, tick.label2)]
        named = [text for text in axes.texts if text.get_transform() != axes.transData]
        beside += found + named
        inside += [text for text in axes.texts if text not in named]
    for legend in figure.legends:
        beside += legend.get_texts()
    beside += figure.texts
    known = set(beside) | set(inside)
    # Labels of ticks that are not drawn are the only others.
    others = [text for text in figure.findobj(Text) if text not in known and text.get_text() and text.get_visible()]
    ticks = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in axis.findobj(Text)}
    assert not set(others) - ticks - {text for legend in figure.legends for text in legend.findobj(Text)}, others
    measure = lambda found: [  # noqa: E731
        (text, text.get_window_extent(renderer)) for text in found if text.get_visible() and text.get_text().strip()
    ]
    return measure(beside), measure(inside)


def meet(one, other, tolerance=0.1 * MILLIMETRE):
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    return across > tolerance and min(one.y1, other.y1) - max(one.y0, other.y0) > tolerance


def check_texts(figure, name):
    """No text meets another, none is cut off by an edge, and none beside the axes lies on some; how many there are."""
    beside, inside = texts_of(figure)
    every = beside + inside
    for place, (text, box) in enumerate(every):
        for other, other_box in every[:place]:
            if meet(box, other_box):
                raise AssertionError(f"{name}: {text.get_text()!r} and {other.get_text()!r} overlap")
        if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.width or box.y1 > figure.bbox.height:
            raise AssertionError(f"{name}: {text.get_text()!r} is cut off by an edge")
    for text, box in beside:
        if any(meet(box, axes.get_window_extent()) for axes in figure.axes):
            raise AssertionError(f"{name}: {text.get_text()!r} covers axes")
    return len(every)


# Geometry


def rows(folder, file, **conditions):
    with open(folder / f"{file}.csv", newline="") as table:
        found = [row for row in csv.DictReader(table) if all(row[key] == text for key, text in conditions.items())]
    return found


def number(text):
    return float(text) if text else math.nan


def same(drawn, expected, what):
    assert len(drawn) == len(expected) > 0, (what, len(drawn), len(expected))
    np.testing.assert_allclose(np.array(drawn, dtype=float), np.array(expected, dtype=float), rtol=1e-12, err_msg=what)


def segments(axes, colour=None):
    """Strokes of whiskers and of thick bars, by their line width."""
    found = {}
    for collection in axes.collections:
        if isinstance(collection, LineCollection):
            found.setdefault(collection.get_linewidths()[0], []).append(np.array(collection.get_segments()))
    return found


def check_points(page, folder):
    for place, (value, most, low, high) in enumerate(
        (("p", "p_highest", "p_lower", "p_upper"), ("q", "q_lowest", "q_lower", "q_upper"))
    ):
        axes, axis = page.panels[place].ax, page.panels[place].value
        strokes, points = segments(axes), [line for line in axes.lines if line.get_marker() == "o"]
        for number_of_event, event in enumerate(("end", "limit")):
            told = rows(folder, "probability", event=event)
            told = [{key: number(text) for key, text in row.items() if key not in ("cell", "event")} for row in told]
            sign = points[number_of_event].get_xydata()
            is_shown = [math.isfinite(row[value]) for row in told]
            same(sign[is_shown, 0], [row["h"] for row in told if math.isfinite(row[value])], "positions")
            same(sign[:, 1], [row[value] for row in told], value)
            # Where an interval ends beyond what a logarithmic axis has, it ends at the axis.
            told = [row for row in told if math.isfinite(row[value])]
            ends = [
                (row["h"], axis.low if place == 1 and math.isnan(row[low]) else row[low], row[high]) for row in told
            ]
            drawn = strokes[0.9][number_of_event]
            same(drawn[:, 0, 0], [end[0] for end in ends], "whiskers")
            same(drawn[:, :, 1], [end[1:] for end in ends], "whiskers")
            bars = [(row[value], axis.low if place == 1 and math.isnan(row[most]) else row[most]) for row in told]
            bars = [sorted(bar) for bar in bars if bar[0] != bar[1]]
            drawn = [stroke for stroke in strokes[2.8] if len(stroke) == len(bars)]
            assert any(np.allclose(stroke[:, :, 1], bars, rtol=1e-12) for stroke in drawn), "thick bars"
    arrow = [stroke for stroke in strokes[0.8] if len(stroke)]
    at_most = [number(row["q_at_most"]) for row in rows(folder, "probability") if row["q_at_most"]]
    same([stroke[0, 1, 1] for stroke in arrow], at_most, "arrows begin at the bound")
    same([stroke[0, 0, 1] for stroke in arrow], [axis.low], "arrows end at the axis")
    assert axis.place(at_most[0]) > 0.05, "an arrow can be seen"
    # Both ends of a probability, with room for the points there.
    low, high = page.panels[0].ax.get_ylim()
    assert -0.05 < low < -0.02 and 1.02 < high < 1.05
    assert {"0.0", "1.0"} <= {label.get_text() for label in page.panels[0].ax.get_yticklabels()}


def check_bars(page, folder):
    drawn = [patch for patch in page.panels[0].ax.patches if isinstance(patch, Rectangle)]
    expected, cells = [], page.panels[0].position.categories
    for segment, _ in samples.SEGMENTS:
        for row in rows(folder, "outcomes", segment=segment):
            expected.append((cells.index(row["cell"]), number(row["from"]), number(row["to"])))
    same([patch.get_y() + patch.get_height() / 2 for patch in drawn], [cell for cell, _, _ in expected], "cells")
    same([patch.get_x() for patch in drawn], [low for _, low, _ in expected], "low ends")
    same([patch.get_x() + patch.get_width() for patch in drawn], [high for _, _, high in expected], "high ends")
    assert page.panels[0].ax.yaxis_inverted(), "from top to bottom"


def check_steps(page, folder):
    axes = page.panels[0].ax
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2]
    bands = [band for band in axes.collections if isinstance(band, PolyCollection)]
    for line, band, width in zip(lines, bands, (5, 20, 100)):
        told = rows(folder, "law", cell=f"h = {width}")
        risk, part, low, high = (
            np.array([number(row[key]) for row in told]) for key in ("risk", "part", "low", "high")
        )
        same(line.get_xdata()[::2], risk, "steps")
        same(line.get_ydata()[::2], part, "steps")
        # Constant up to the next.
        same(line.get_xdata()[1::2], risk[1:], "steps")
        same(line.get_ydata()[1::2], part[:-1], "steps")
        corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
        # Half an open axis above 1: what does not fit on it ends where it ends.
        for x, y in [*zip(risk, low), *zip(risk, np.minimum(high, page.panels[0].value.high))]:
            assert any(math.isclose(x, a, rel_tol=1e-9) and math.isclose(y, b, abs_tol=1e-9) for a, b in corners), (
                x,
                y,
            )
    assert len(lines) == len(bands) == 3


def check_histogram(page, folder):
    drawn = [patch for patch in page.panels[0].ax.patches if isinstance(patch, StepPatch) and patch.get_fill()]
    found = []
    for patch in drawn:
        values, edges, floor = patch.get_data()
        assert floor == 0
        found += [(low, high, value) for low, high, value in zip(edges, edges[1:], values)]
    told = [row for row in rows(folder, "training", what="bin") if number(row["percent"]) > 0]
    same(found, [(number(row["from"]), number(row["to"]), number(row["percent"])) for row in told], "bins")


def check_lines(page, folder):
    """Interrupted where a value is missing and where it is infinite, and nowhere else."""
    for line, width in zip(page.panels[1].ax.lines, (5, 20, 100)):
        told = np.array([number(row["norm"]) for row in rows(folder, "training", cell=f"h = {width}", what="step")])
        steps = np.array([number(row["step"]) for row in rows(folder, "training", cell=f"h = {width}", what="step")])
        # Step 0 is not on a logarithmic axis.
        shown = np.isfinite(told)
        assert (np.isfinite(line.get_ydata()) == shown).all() and shown.sum() == len(shown) - (width != 100)
        same(line.get_ydata()[shown], told[shown], "line")
        same(line.get_xdata()[shown & (steps > 0)], steps[shown & (steps > 0)], "line")


def check_tiles(page, folder):
    told = rows(folder, "phase")
    patches = [patch for patch in page.panels[0].ax.patches if not patch.get_hatch()]
    assert len(patches) == len(told) == 35
    map_of_shades = matplotlib.colormaps["cividis"]
    for patch, row in zip(patches, told):
        expected = (1, 1, 1, 1) if not row["p"] else map_of_shades(float(row["p"]))
        np.testing.assert_allclose(patch.get_facecolor(), expected)
    hatched = [patch for patch in page.panels[0].ax.patches if patch.get_hatch()]
    assert len(hatched) == sum(row["open"] == "yes" and row["p"] != "" for row in told)
    assert len(page.panels[0].ax.texts) == sum(row["text"] != "" for row in told), "every tile has room for its text"


# Files


def check_pdf(path, width, title, provenance):
    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.") and content.rstrip().endswith(b"%%EOF"), path
    assert b"/Type3" not in content and (b"/CIDFontType2" in content or b"/TrueType" in content), f"{path}: fonts"
    box = [float(end) for end in re.search(rb"/MediaBox \[([^]]*)\]", content).group(1).split()]
    assert abs((box[2] - box[0]) / 72 * 25.4 - width) < 1e-6, f"{path}: {box}"
    for key, text in (("Title", title), ("Subject", provenance), ("Creator", "landfall")):
        assert draw_pdf_text(text) in content or not text, f"{path}: {key}"
    assert b"CreationDate" not in content


def draw_pdf_text(text):
    """As PDF writes it: in Latin letters, or as UTF-16 with a mark."""
    try:
        return re.sub(rb"([\\()])", rb"\\\1", text.encode("ascii"))
    except UnicodeEncodeError:
        return (
            re.sub(rb"([\\()])", rb"\\\1", b"\xfe\xff" + text.encode("utf-16-be"))
            .replace(b"\n", b"\\n")
            .replace(b"\r", b"\\r")
        )


def check_png(path, width, title, provenance):
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), path
    picture = matplotlib.image.imread(path)
    assert picture.shape[1] == int(width / 25.4 * looks.DPI) and picture.shape[0] > 100, (path, picture.shape)
    assert (picture[0, 0, :3] == 1).all() and picture[..., :3].min() < 0.3, f"{path}: black on white"
    with Image.open(path) as opened:
        assert opened.text["Description"] == provenance and opened.text["Software"].startswith("landfall"), path
        assert opened.text["Title"] == title
        assert round(opened.info["dpi"][0]) == looks.DPI
    return path.stat().st_size


# All of it


def check_folder(folder, only=None):
    told = json.loads((folder / "figures.json").read_text())
    provenance = texts.clean(told["provenance"])
    geometry = {
        "probability": [check_points],
        "outcomes": [check_bars],
        "law": [check_steps],
        "training": [check_histogram, check_lines],
        "phase": [check_tiles],
    }
    count, largest = 0, 0
    for figure in told["figures"]:
        path = folder / figure["data"]
        for width in (80, 160):
            page = layout.Page(figure, data.read_table(path), path, told["style"], width)
            name = f"{figure['file']}-{width}mm"
            page.canvas.draw()
            count += check_texts(page.figure, name)
            for check in geometry.get(figure["file"], []) if width == 160 else []:
                check(page, folder)
            title = texts.clean(figure["title"])
            for kind in ("pdf", "png"):
                files.write(page, folder / f"{name}.{kind}", kind, provenance)
            check_pdf(folder / f"{name}.pdf", width, title, provenance)
            largest = max(largest, check_png(folder / f"{name}.png", width, title, provenance))
    assert largest < 100_000, f"the largest PNG has {largest} bytes"
    return count


def check_bytes(folder):
    """Another process draws the same bytes, whatever the order of its sets is."""
    again = folder / "again"
    again.mkdir()
    drawn = ("law", "phase")
    for file in ("figures.json", *(f"{name}.csv" for name in drawn)):
        shutil.copy(folder / file, again)
    command = [
        sys.executable,
        "-B",
        ROOT / "Scripts/figures/draw.py",
        again,
        "--width",
        "160",
        *(f"--only={name}" for name in drawn),
    ]
    result = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), result
    pictures = sorted(path.name for path in again.iterdir() if path.suffix in (".pdf", ".png"))
    assert pictures == sorted(f"{name}-160mm.{kind}" for name in drawn for kind in ("pdf", "png"))
    for name in pictures:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def check_failures(folder):
    """A picture that cannot be written leaves the earlier one as it is, and nothing beside it."""
    place = folder / "failures"
    place.mkdir()
    path = place / "one-80mm.png"
    path.write_bytes(b"earlier")
    before = path.read_bytes()

    def full(page, part, kind, provenance):
        Path(part).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    save, files.save = files.save, full
    try:
        files.write(None, str(path), "png", "")
        raise AssertionError("the failure is lost")
    except OSError as error:
        assert (error.filename, error.strerror) == (str(path), "No space left on device"), error
    finally:
        files.save = save
    assert path.read_bytes() == before and [file.name for file in place.iterdir()] == [path.name]
    # A folder has the name of the picture.
    (place / "two-80mm.png").mkdir()
    files.save = lambda page, part, kind, provenance: Path(part).write_bytes(b"whole")
    try:
        files.write(None, str(path), "png", "")
        assert path.read_bytes() == b"whole"
        files.write(None, str(place / "two-80mm.png"), "png", "")
        raise AssertionError("the failure is lost")
    except IsADirectoryError as error:
        assert error.filename == str(place / "two-80mm.png"), error
    finally:
        files.save = save
    assert sorted(file.name for file in place.iterdir()) == ["one-80mm.png", "two-80mm.png"]


def check_legends(folder):
    """Open and filled signs of many series are told apart once."""
    path = folder / "series.csv"
    path.write_text("s,e,h,p\n" + "".join(f"{s},{e},1,0.5\n" for s in "abc" for e in ("end", "limit")))
    events = (("end", "open", "when training ends"), ("limit", "plain", "at the limit"))

    def labels(series, mark="points"):
        layers = [
            samples.layer(
                mark, f"series-{place}", f"{s}, 1, {text}", {"s": s, "e": e}, variant, position="h", value="p"
            )
            for place, s in enumerate(series)
            for e, variant, text in events
        ]
        panel = samples.panel(samples.axis("h"), samples.axis("p"), layers)
        page = layout.Page({"title": "", "panels": [panel]}, data.read_table(path), path, "plain", 80)
        return [text.get_text() for text in page.figure.legends[0].get_texts()]

    assert labels("abc") == ["a, 1", "b, 1", "c, 1", "when training ends", "at the limit"]
    assert labels("ab") == [f"{s}, 1, {text}" for s in "ab" for _, _, text in events]
    assert len(labels("abc", "line")) == 6, "lines have other looks"
    # Panels with legends of their own, beside labels that leave little room.
    path.write_text("c,a,b\nnesterov-look-ahead,0,1\n")
    cells = samples.axis("cell", "categories", categories=["nesterov-look-ahead"])
    panels = [
        samples.panel(
            cells,
            samples.axis("share"),
            [samples.layer("bars", tone, f"{tone} {text}", position="c", low="a", high="b") for tone in looks.VERDICTS],
            horizontal=True,
        )
        for text in ("when training ends", "at the limit")
    ]
    for width in (80, 160):
        page = layout.Page({"title": "", "panels": panels}, data.read_table(path), path, "plain", width)
        page.canvas.draw()
        assert len(page.figure.legends) == 2
        check_texts(page.figure, f"legends {width}")


def check_errors(folder):
    """One sentence and exit code 2 for each."""
    wrong = folder / "wrong"
    wrong.mkdir()
    csv_text = "a,b\nx,1\ny,2\n"
    layer = samples.layer("points", "series-0", position="a", value="b")
    axis = samples.axis("a", "categories", categories=["x", "y"])
    panel = samples.panel(axis, samples.axis("b"), [layer])

    def changed(key, value):
        return {"entry": {"panels": [{**panel, key: value}]}}

    def changed_axis(key, value):
        return changed("position", {**axis, key: value})

    def attempt(sentence, told=None, table=csv_text, arguments=(), **changes):
        entry = {
            "file": "one",
            "title": "one",
            "data": "one.csv",
            "panels": [{**panel, "layers": [{**layer, **changes}]}],
        }
        entry.update((told or {}).pop("entry", {}))
        text = {"schema": 1, "style": "plain", "provenance": "", "figures": [entry], **(told or {})}
        (wrong / "figures.json").write_text(json.dumps(text))
        (wrong / "one.csv").write_text(table)
        said, code = io.StringIO(), 0
        sys.argv = ["draw.py", str(wrong), "--width=80", "--format=png", *arguments]
        with contextlib.redirect_stderr(said):
            try:
                draw.main()
            except SystemExit as end:
                code = end.code
        assert code == 2 and said.getvalue().count("\n") == 1 and sentence in said.getvalue(), (
            sentence,
            said.getvalue(),
        )

    attempt(
        "figure one: " + str(wrong / "one.csv") + ' has no column "c"; it has a, b',
        columns={"position": "a", "value": "c"},
    )
    attempt('has no column "kind"', rows={"kind": "x"})
    attempt('unknown mark "pie": marks are line, steps, points', mark="pie")
    attempt('unknown tone "red": tones are series-0', tone="red")
    attempt('the mark "histogram" needs a column for "to"', mark="histogram")
    attempt("schema 2, and this program draws schema 1", {"schema": 2})
    attempt('style "loud": styles are plain, paper', {"style": "loud"})
    attempt('unknown scale "cubic"', {"entry": {"panels": [{**panel, "value": samples.axis("b", "cubic")}]}})
    attempt("one.csv, row 3: 1 fields, and the header has 2", table="a,b\nx,1\ny\n")
    attempt("one.csv is empty", table="")
    attempt('a number is needed for "value"', table="a,b\nx,much\n")
    attempt('"z" is none of the categories of its axis', table="a,b\nz,1\n")
    attempt("are not names of files in", {"entry": {"file": "../one"}})
    attempt("No such file or directory", {"entry": {"data": "two.csv"}})
    attempt('figures.json: figures[0].panels[0] lacks "title"', {"entry": {"panels": [{}]}})
    attempt("figures.json: figures should be a list, and is null", {"figures": None})
    attempt("figures[0].title should be a text, and is 3", {"entry": {"title": 3}})
    attempt('figures[0].panels[0].horizontal should be true or false, and is "no"', changed("horizontal", "no"))
    attempt("panels[0].position.range[1] should be a finite number, and is true", changed_axis("range", [0, True]))
    attempt("panels[0].position.named[0].at should be a finite number", changed_axis("named", [{"at": 10**400}]))
    attempt("panels[0].layers[0].columns should be an object in braces", columns=["a", "b"])
    attempt("panels[0].layers[0].columns.value should be a text, and is null", columns={"position": "a", "value": None})
    attempt('the axis "a" lacks its categories', changed_axis("categories", None))
    attempt('unknown tone "5"', tone="5")
    attempt('unknown variant "thick": variants are plain', variant="thick")
    attempt(
        "tiles stand between categories",
        table="a,b,c\nx,1,0\n",
        mark="tiles",
        columns={"position": "a", "value": "b", "shade": "c"},
    )
    many = [f"c{place}" for place in range(3000)]
    attempt(
        "m high",
        {"entry": {"panels": [{**panel, "horizontal": True, "position": {**axis, "categories": many}}]}},
        table="a,b\nc1,1\n",
    )
    attempt("are not names of files in", {"entry": {"data": "one\0.csv"}})
    attempt('no figure "two" in', arguments=["--only", "two"])
    for text in ("{", "[" * 100_000, '{"schema": 1, "style": "plain", "x": NaN}'):
        (wrong / "figures.json").write_text(text)
        # Isolated, as the program calls it.
        command = [sys.executable, "-B", "-I", ROOT / "Scripts/figures/draw.py", wrong]
        result = subprocess.run(command, cwd=wrong, capture_output=True, text=True)
        said = result.stderr
        assert result.returncode == 2 and "figures.json is not JSON" in said and said.count("\n") == 1, said
    assert not list(wrong.glob("*.png")), "nothing is drawn"


def main():
    folder = Path(sys.argv[1])
    samples.write(folder)
    count = check_folder(folder) + check_folder(folder / "paper")
    check_bytes(folder)
    check_failures(folder)
    check_legends(folder)
    check_errors(folder)
    others = "geometry, files, bytes, failures, legends, errors"
    print(f"Tests/Python/figures: {count} texts, none of which meets another; {others}")


if __name__ == "__main__":
    main()
