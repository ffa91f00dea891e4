"""What is drawn: figures.json, which describes figures, and the CSV files with their data."""

import csv
import json
import math
import os
import re

import numpy as np

from looks import VERDICTS
from texts import clean

SCHEMA = 1
# Channels that a mark cannot do without.
MARKS = {
    "line": ["position", "value"], "steps": ["position", "value"], "points": ["position", "value"],
    "at-most": ["position", "value"], "bars": ["position", "low", "high"], "histogram": ["position", "to", "value"],
    "tiles": ["position", "value", "shade"], "position-rule": ["position"], "value-rule": ["value"],
}  # fmt: skip


VARIANTS = ["plain", "open", "faint"]

# What figures.json holds: in a list any number of one kind, else what stands by each key; "?" where it can be left out.
AXIS = {
    "label": str, "scale": str, "categories?": [str], "range?": [float],
    "named": [{"at": float, "name": str}], "onlyNamed": bool,
}  # fmt: skip
LAYER = {"mark": str, "rows": {"": str}, "columns": {"": str}, "label?": str, "tone": str, "variant": str}
PANEL = {"title": str, "horizontal": bool, "wide": bool, "position": AXIS, "value": AXIS, "layers": [LAYER]}
FIGURE = {"file": str, "title": str, "data": str, "provenance?": str, "panels": [PANEL]}
DESCRIPTION = {"style": str, "provenance": str, "figures": [FIGURE]}
KINDS = {str: "a text", float: "a finite number", bool: "true or false", list: "a list", dict: "an object in braces"}


class Trouble(Exception):
    """What is wrong with the input; the text is the user's message."""


def check(told, shape, place=""):
    """That something in figures.json has the shape that it needs."""
    kind = type(shape) if isinstance(shape, (list, dict)) else shape
    where = place.lstrip(".") or "it"
    if not is_a(told, kind):
        found = KINDS[type(told)] if isinstance(told, (list, dict)) else clean(json.dumps(told), 40)
        raise Trouble(f"{where} should be {KINDS[kind]}, and is {found}")
    if kind is list:
        for number, item in enumerate(told):
            check(item, shape[0], f"{place}[{number}]")
    elif kind is dict and "" in shape:
        for key, item in told.items():
            check(item, shape[""], f"{place}.{key}")
    elif kind is dict:
        for key, inner in shape.items():
            name = key.rstrip("?")
            if name in told and not (name != key and told[name] is None):
                check(told[name], inner, f"{place}.{name}")
            elif name == key:
                raise Trouble(f'{where} lacks "{name}"')


def is_a(told, kind):
    if kind is float:
        return type(told) in (int, float) and abs(told) <= 1.7e308
    return type(told) is kind


def refuse(constant):
    raise ValueError(f"it has no {constant}")


def read_description(folder):
    path = os.path.join(folder, "figures.json")
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file, parse_constant=refuse)
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}: it says what is to be drawn")
    except (ValueError, RecursionError) as error:
        raise Trouble(f"{path} is not JSON: {error}")
    try:
        check(told, {"schema": float})
        if told["schema"] != SCHEMA:
            raise Trouble(f"schema {told['schema']}, and this program draws schema {SCHEMA}")
        check(told, DESCRIPTION)
        if told["style"] not in ("plain", "paper"):
            raise Trouble(f'style "{told["style"]}": styles are plain, paper')
    except Trouble as trouble:
        raise Trouble(f"{path}: {trouble}")
    return told


def read_table(path):
    """Texts by the keys of the columns."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}: it holds the data of a figure")
    except (csv.Error, UnicodeDecodeError) as error:
        raise Trouble(f"{path} is not a CSV file: {error}")
    if not lines:
        raise Trouble(f"{path} is empty: its first line has the keys of the columns")
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise Trouble(f"{path}, row {number}: {len(line)} fields, and the header has {len(lines[0])}")
    return {key: list(column) for key, *column in zip(*lines)}


class Layer:
    """Rows of a table with the mark that stands for them."""

    def __init__(self, told, table, path):
        self.mark, self.tone, self.variant = told["mark"], told["tone"], told["variant"]
        self.label = clean(told.get("label") or "")
        self.path = path
        if self.mark not in MARKS:
            raise Trouble(f'unknown mark "{self.mark}": marks are {", ".join(MARKS)}')
        series = re.fullmatch("series-([0-9]{1,6})", self.tone)
        if self.tone not in [*VERDICTS, "reference"] and not series:
            tones = ", ".join(["series-0", "series-1", "...", *VERDICTS, "reference"])
            raise Trouble(f'unknown tone "{self.tone}": tones are {tones}')
        if self.variant not in VARIANTS:
            raise Trouble(f'unknown variant "{self.variant}": variants are {", ".join(VARIANTS)}')
        for channel in MARKS[self.mark]:
            if channel not in told["columns"]:
                raise Trouble(f'the mark "{self.mark}" needs a column for "{channel}"')
        for key in [*told["rows"], *told["columns"].values()]:
            if key not in table:
                raise Trouble(f'{path} has no column "{key}"; it has {", ".join(table)}')
        count = len(next(iter(table.values())))
        rows = [row for row in range(count) if all(table[key][row] == text for key, text in told["rows"].items())]
        self.count = len(rows)
        self.texts = {channel: [table[key][row] for row in rows] for channel, key in told["columns"].items()}
        self.series = int(series[1]) if series else None

    def numbers(self, channel, categories=None):
        """NaN where they are missing; places of texts on an axis of categories."""
        texts = self.texts.get(channel, [""] * self.count)
        if categories is not None:
            for text in texts:
                if text and text not in categories:
                    raise Trouble(f'{self.path}: "{clean(text)}" is none of the categories of its axis')
            return np.array([categories.index(text) if text else math.nan for text in texts], dtype=float)
        try:
            return np.array([float(text) if text else math.nan for text in texts], dtype=float)
        except ValueError as error:
            raise Trouble(f'{self.path}: a number is needed for "{channel}": {clean(error)}')
