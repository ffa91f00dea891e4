"""Hostile ledgers that are made of sound ones by SQL: what the schema does not have, and values that nobody wrote."""

import dataclasses
import os
import random
import sqlite3
import time
from collections.abc import Callable

import seals

ESCAPE = "\x1b[31mred\x1b[0m\x1b]0;title\x07"
WORDS = {
    "ESCAPE": ESCAPE,
    "ENDLESS": "SELECT count(*) FROM " + ", ".join(f"observation {letter}" for letter in "abcdef"),
    "COUNTING": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)",
    # Memory and time for every row, without a quotation mark: it stands in literals, too.
    "HEAVY": "length(replace(hex(zeroblob(20000)), char(48), hex(zeroblob(10000))))",
    "TARGET": "id, cell, trials, done, set_at, run, rule, stages",
    "CELL": "id, key, position, label, definition, kernel, checkpoints, analysis, limits, observables",
    "RUN": "id, started, finished, host, pid, ranks, threads, kernel_level, version, revision, arithmetic, compiler, "
    "mpi, verdict, command_line, seed, ending",
    "BLOCK": "cell, first, count, run, seconds, checksum",
    "OBSERVABLE": "id, name, title, unit, domain, moment",
    "LEVEL": "key, checksum, bytes",
}


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    # Of a copy of the sound ledger at a path.
    make: Callable
    # How the first line of `report` begins, behind "landfall: "; of kinds whose message is a test.
    expected: str = ""


def kinds():
    """Each of them twice: as it is, and with every checksum that can be computed computed anew."""
    changes = {name: script(statements) for name, statements in scripts()} | CHANGES
    for name, change in changes.items():
        yield Kind(name, made(change))
        yield Kind(f"{name}, sealed", made(change, sealed))


def scripts():
    """Names and statements of the SQL beside this file."""
    text = ""
    for name in ("hostile-schemas.sql", "hostile-values.sql"):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding="utf-8") as file:
            text += file.read() + "\n"
    for part in text.split("\n-- ")[1:]:
        name, _, statements = part.partition("\n")
        # Headings.
        if name.startswith("# ") or not statements.strip():
            continue
        for word, text in WORDS.items():
            statements = statements.replace(f"{{{word}}}", text)
        yield name, statements


def script(statements):
    return lambda connection: connection.executescript(statements)


def sealed(connection):
    """Leaves what cannot be sealed as it is: a query has no end, or the tables are not those of a ledger."""
    end = time.monotonic() + 8
    connection.set_progress_handler(lambda: time.monotonic() > end, 10000)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'view'").fetchone():
            seals.renew(connection)
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def made(*changes):
    """Makes the changes with a connection that lets everything pass."""

    def make(path):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript(
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA legacy_alter_table = ON; "
                "PRAGMA synchronous = OFF;"
            )
            for change in changes:
                change(connection)
        finally:
            connection.close()

    return make


def study(old, new):
    """With another text in the study and its cells."""

    def change(connection):
        columns = [("study", "definition"), ("study", "identity"), ("study", "cells"), ("cell", "definition")]
        for table, column in columns:
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (old, new))

    return change


def definition(text):
    return lambda connection: connection.execute("UPDATE study SET definition = ?", (text,))


def laughing():
    """Aliases of aliases: 10^9 words in a few lines."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for old, new in zip("abcdefgh", "bcdefghi"):
        lines.append(f"{new}: &{new} [" + ", ".join([f"*{old}"] * 10) + "]")
    return "\n".join(lines)


def random_bytes(table, columns):
    def change(connection):
        draws = random.Random(table)
        for (row,) in connection.execute(f"SELECT rowid FROM {table}").fetchall():
            for column in columns:
                size = draws.choice([0, 1, 7, 8, 16, 100, 4000])
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (draws.randbytes(size), row))

    return change


def random_levels(connection):
    draws = random.Random("level")
    for size in (0, 1, 8, 100, 4000):
        connection.execute(
            "INSERT INTO level (key, checksum, bytes) VALUES (?, x'00', ?)", (f"{size:064}", draws.randbytes(size))
        )


def tables(connection):
    connection.execute("BEGIN")
    for number in range(10000):
        connection.execute(f"CREATE TABLE t{number} (x)")
    connection.execute("COMMIT")


TARGET = 'input: {uniform: [0, 1]}\n  target: "x^4 * sin(x)"'
FUNCTION = '"x^4 * sin(x)"'
HIDDEN = "network.hidden: [[3], [5]]"

CHANGES = {
    "ten thousand tables": tables,
    "random columns": random_bytes("observation", ["reals"]),
    "random checksums": random_bytes("block", ["checksum"]),
    "random trajectories": random_bytes("trajectory", ["aggregate"]),
    "random whole trajectories": random_bytes("trial_trajectory", ["reals"]),
    "random levels": random_levels,
    "study of another data file": study(TARGET, "data: {csv: /etc/passwd}"),
    "study of an endless data file": study(TARGET, "data: {csv: /dev/zero}"),
    "study of a pipe": study(TARGET, "data: {csv: other.fifo}"),
    "study of 2^62 steps": study("steps: 50", "steps: 4611686018427387904"),
    "study of wide networks": study(HIDDEN, "network.hidden: [[1000000000], [5]]"),
    "study of many cells": study(HIDDEN, f"network.hidden: {[[width] for width in range(1, 20000)]}"),
    "study of deep brackets": study(FUNCTION, '"' + "(" * 100000 + "x" + ")" * 100000 + '"'),
    "study of powers": study(FUNCTION, '"' + "^".join(["9"] * 1000) + '"'),
    "study of another seed": study("seed: 5", "seed: 18446744073709551615"),
    "study that laughs": definition(laughing()),
    "study that goes deep": definition("problem: " + "[" * 100000),
    "study of mappings that go deep": definition("{a: " * 100000),
}
