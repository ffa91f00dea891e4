"""The checksums of a ledger, computed anew after its content was changed: what a stranger does who knows the program.

Documentation/ledger.md says what each is over.
"""

import hashlib
import struct

SEALED = ("study", "cell", "run", "target", "observable", "block")
CHECKED = ("trajectory", "trial_trajectory", "level")


def has_seals(connection):
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tally'").fetchone())


def renew(connection):
    """Makes right the study's hash, the keys of cells, every checksum of a row, and seals and tallies if there are."""
    connection.text_factory = lambda text: text.decode(errors="surrogateescape")
    connection.execute("BEGIN")
    connection.create_function("digest", -1, lambda *parts: digest(*(part_bytes(part) for part in parts)))
    hashes = connection.execute("SELECT CAST(identity AS BLOB) FROM study").fetchall()
    study = hashlib.sha256(hashes[0][0]).hexdigest() if hashes else ""
    connection.execute("UPDATE study SET hash = ?", (study,))
    connection.create_function("key_of", 1, lambda definition: hashlib.sha256(part_bytes(definition)).hexdigest()[:16])
    connection.execute("UPDATE cell SET key = key_of(definition) WHERE key <> key_of(definition)")
    keys = dict(connection.execute("SELECT id, key FROM cell"))
    columns(connection, study, keys)
    for table, content, place in (
        ("trajectory", "aggregate", "first, count"),
        ("trial_trajectory", "reals", "trial, 1"),
    ):
        rows = connection.execute(f"SELECT rowid, cell, {place}, {content} FROM {table}").fetchall()
        for row, cell, first, count, values in rows:
            checksum = of_trials(study, keys.get(cell, ""), first, count, part_bytes(values))
            connection.execute(f"UPDATE {table} SET checksum = ? WHERE rowid = ?", (checksum, row))
    connection.execute("UPDATE level SET checksum = digest('level', key, x'00', bytes)")
    if has_seals(connection):
        for table in SEALED:
            seal(connection, table, study)
        for table in SEALED + CHECKED:
            tally(connection, table)
    connection.execute("COMMIT")


def columns(connection, study, keys):
    """Of the columns of blocks, and of the blocks."""
    names = {
        number: (part_bytes(name) + b"\0" + part_bytes(moment) + b"\0", moment)
        for number, name, moment in connection.execute("SELECT id, name, moment FROM observable")
    }
    blocks = connection.execute("SELECT rowid, cell, first, count FROM block").fetchall()
    if len(blocks) > 10000:
        return
    for block, cell, first, count in blocks:
        parts = []
        stored = connection.execute(
            "SELECT rowid, observable, reals FROM observation WHERE cell = ? AND first = ?", (cell, first)
        ).fetchall()
        for row, observable, values in stored:
            name, moment = names.get(observable, (b"", ""))
            key = keys.get(cell, "")
            checksum = of_trials(study, key, first, count, name + part_bytes(values), "observation")
            connection.execute("UPDATE observation SET checksum = ? WHERE rowid = ?", (checksum, row))
            parts.append((name, b"" if moment == "limit" else checksum))
        content = b"".join(name + checksum for name, checksum in sorted(parts))
        checksum = of_trials(study, keys.get(cell, ""), first, count, content, "block")
        connection.execute("UPDATE block SET checksum = ? WHERE rowid = ?", (checksum, block))


def of_trials(study, key, first, count, content, domain=""):
    return digest(part_bytes(domain), part_bytes(study), part_bytes(key), word(first), word(count), content)


def seal(connection, table, study):
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seal"]
    start = f"row{study}{table}".encode() + b"\0"
    listed = ", ".join(f'"{name}"' for name in names)
    connection.create_function("seal_of", -1, lambda *values: digest(start, *(value_bytes(value) for value in values)))
    connection.execute(f"UPDATE {table} SET seal = seal_of({listed})")


def tally(connection, table):
    column = "seal" if table in SEALED else "checksum"
    rows, total = 0, 0
    for (checksum,) in connection.execute(f"SELECT {column} FROM {table}"):
        rows += 1
        total ^= int.from_bytes(part_bytes(checksum)[:16].ljust(16, b"\0"), "big")
    connection.execute("INSERT OR REPLACE INTO tally VALUES (?, ?, ?)", (table, rows, total.to_bytes(16, "big")))


def value_bytes(value):
    """A value of a row: a byte for its kind, for text and blobs the number of bytes, and the bytes."""
    if value is None:
        return b"\0"
    if isinstance(value, int):
        return b"\1" + word(value)
    if isinstance(value, float):
        return b"\2" + struct.pack("<d", value)
    content = part_bytes(value)
    return (b"\3" if isinstance(value, str) else b"\4") + word(len(content)) + content


def part_bytes(value):
    if isinstance(value, bytes):
        return value
    return str(value).encode(errors="surrogateescape")


def word(number):
    return struct.pack("<Q", int(number) & 0xFFFFFFFFFFFFFFFF) if isinstance(number, (int, float)) else bytes(8)


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).digest()[:16]
