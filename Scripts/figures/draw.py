#!/usr/bin/env python3
"""Draws the figures of a folder: figures.json says what is drawn, and the CSV files beside it hold the data.

Writes FILE-80mm and FILE-160mm, as PDF and as PNG, for each figure. Both kinds of input may be edited and drawn again:
Documentation/how-to/figures.md describes them field by field.
"""

import argparse
import os
import re
import sys

# The modules beside this file, which an isolated Python does not look for.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from data import Trouble, read_description, read_table  # noqa: E402
from files import write  # noqa: E402
from layout import Page  # noqa: E402
from texts import clean  # noqa: E402


def draw(folder, widths, formats, only):
    told = read_description(folder)
    names = [figure["file"] for figure in told["figures"]]
    for name in only:
        if name not in names:
            raise Trouble(f'no figure "{name}" in {folder}: there are {", ".join(names)}')
    for figure in told["figures"]:
        if only and figure["file"] not in only:
            continue
        if not all(is_file_name(figure[key]) for key in ("file", "data")):
            raise Trouble(f'"{figure["file"]}" and "{figure["data"]}" are not names of files in {folder}')
        # Of the ledger of the figure; that of the folder where it has none.
        provenance = clean(figure.get("provenance") or told["provenance"])
        path = os.path.join(folder, figure["data"])
        table = read_table(path)
        for width in widths:
            try:
                page = Page(figure, table, path, told["style"], width)
            except Trouble as trouble:
                raise Trouble(f"figure {figure['file']}: {trouble}")
            for kind in formats:
                write(page, os.path.join(folder, f"{figure['file']}-{width}mm.{kind}"), kind, provenance)


def is_file_name(text):
    """Of a file in the folder itself, without what names cannot have."""
    return bool(text) and os.path.basename(text) == text and not re.search("[\0\ud800-\udfff]", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "folder", metavar="FOLDER", help="with figures.json and the CSV files; pictures are written into it"
    )
    parser.add_argument(
        "--width", type=int, choices=(80, 160), action="append", help="in millimetres; both if not given"
    )
    parser.add_argument("--format", choices=("pdf", "png"), action="append", help="both if not given")
    parser.add_argument(
        "--only", metavar="FILE", action="append", default=[], help="a figure by its file; all if not given"
    )
    options = parser.parse_args()
    try:
        draw(options.folder, options.width or [80, 160], options.format or ["pdf", "png"], options.only)
    except Trouble as trouble:
        fail(trouble)
    except OSError as error:
        fail(f"{error.filename or options.folder}: {error.strerror}")


def fail(sentence):
    print(f"draw.py: {clean(sentence, 2000)}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
