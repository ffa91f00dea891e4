"""Hostile ledgers that are made of sound ones by their bytes, and what is no ledger at all."""

import os
import socket
import sqlite3
import struct

from hostile_rows import Kind

NAME = "hostile.landfall"
# A file of somebody else, in the same folder.
OTHER = "other.txt"


def kinds():
    for name, (make, expected) in KINDS.items():
        yield Kind(name, make, expected)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def patched(offset, content):
    def make(path):
        whole = bytearray(read(path))
        whole[offset : offset + len(content)] = content
        write(path, whole)

    return make


def cut(keep):
    return lambda path: write(path, read(path)[: keep(os.path.getsize(path))])


def instead(content):
    return lambda path: write(path, content)


def replaced(make):
    def other(path):
        os.remove(path)
        make(path)

    return other


def vacuumed(pragmas):
    def make(path):
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in pragmas:
            connection.execute(pragma).fetchall()
        connection.execute("VACUUM")
        connection.close()

    return make


def write_ahead(path):
    """In WAL mode, with a log that has a transaction more."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("UPDATE target SET trials = 7")
    whole = [(path + suffix, read(path + suffix)) for suffix in ("", "-wal")]
    connection.close()
    for name, content in whole:
        write(name, content)


def encoded(path):
    """In UTF-16: dumped and read again."""
    connection = sqlite3.connect(path)
    names = ("user_version", "application_id")
    version, application = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    script = list(connection.iterdump())
    connection.close()
    os.remove(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA encoding = 'UTF-16le'")
    connection.executescript("\n".join(script))
    connection.executescript(f"PRAGMA user_version = {version}; PRAGMA application_id = {application};")
    connection.close()


def reserved(path):
    """With 32 bytes at the end of each page that SQLite leaves alone."""
    whole = bytearray(read(path))
    whole[20] = 32
    write(path, whole)


def many_pages(path):
    whole = bytearray(read(path))
    whole[28:32] = struct.pack(">I", 0x7FFFFFFF)
    write(path, whole)


def sparse(path):
    """16 TB of nothing behind the pages, and a header that counts them."""
    many_pages(path)
    try:
        os.truncate(path, 1 << 43)
    except OSError:
        os.truncate(path, 1 << 37)


# MARK: Journals

MAGIC = bytes.fromhex("d9d505f920a163d7")


def journal(path, pages, original=None, size=None, master=b""):
    """A rollback journal that puts these pages (from 1) back."""
    nonce, sector = 1, 512
    head = MAGIC + struct.pack(">IIIII", len(pages), nonce, original or len(read(path)) // 4096, sector, 4096)
    whole = head.ljust(sector, b"\0")
    for number, content in pages.items():
        checksum = (nonce + sum(content[offset] for offset in range(4096 - 200, 0, -200))) & 0xFFFFFFFF
        whole += struct.pack(">I", number) + content + struct.pack(">I", checksum)
    if master:
        # The page of the locks, the name, its length, the sum of its bytes.
        whole += struct.pack(">I", 0x40000000 // 4096 + 1) + master
        whole += struct.pack(">II", len(master), sum(master)) + MAGIC
    write(path + "-journal", whole[:size])


def page(path, number):
    return read(path)[4096 * (number - 1) : 4096 * number]


def foreign_journal(path):
    """Of another ledger: it would put strange pages into this one."""
    journal(path, {2: b"\r" + bytes(4095), 3: b"\r" + bytes(4095)})


def shortening_journal(path):
    """That says the file had three pages before."""
    journal(path, {1: page(path, 1)}, original=3)


def cut_journal(path):
    journal(path, {2: b"\r" + bytes(4095), 3: page(path, 3)}, size=512 + 4104 + 700)


def super_journal(path):
    """That names a file of somebody else as the journal of several databases, which SQLite deletes when it is done."""
    other = os.path.join(os.path.dirname(path), OTHER)
    journal(path, {2: page(path, 2)}, master=other.encode())


def sane_journal(path):
    """Of pages as they are: nothing changes when it is rolled back."""
    journal(path, {2: page(path, 2)})


def lock_link(path):
    os.symlink(OTHER, path + ".lock")


def lock_of_others(path):
    write(path + ".lock", b"{ not: a lock of ours }\n" * 100)


def lock_with_escapes(path):
    write(path + ".lock", b"\x1b[31mhost 12\n")


def pipe_lock(path):
    os.mkfifo(path + ".lock")


def crash_with_escapes(path):
    write(path + ".crash", b"\x1b[31m" * 100 + b"\nrank 9223372036854775807 cell 3 trial 99999999999999999999\n")


def listening(path):
    server = socket.socket(socket.AF_UNIX)
    folder = os.getcwd()
    # The path of a socket is short.
    os.chdir(os.path.dirname(path))
    try:
        server.bind(NAME)
    finally:
        os.chdir(folder)
        server.close()


def dangling(path):
    os.symlink("nowhere/at/all.landfall", path)


def linked(path):
    """A link to a ledger in another folder."""
    folder = os.path.join(os.path.dirname(path), "elsewhere")
    os.mkdir(folder)
    os.rename(path, os.path.join(folder, "real.landfall"))
    os.symlink("elsewhere/real.landfall", path)


TEXT = b"study: inner-bias\n" * 1000
SPECIAL = f"{NAME} cannot be read: it is not a regular file. Give the name of a ledger."

KINDS = {
    # No ledgers
    "no bytes": (instead(b""), f"{NAME} is empty: no study has been stored in it yet. Start one with"),
    "text": (instead(TEXT), f"{NAME} is not a ledger: it is no SQLite file. Give the name of a ledger"),
    "a few bytes": (instead(b"SQLite format 3\0"), f"{NAME} is not a ledger: it is no SQLite file."),
    "zeros": (instead(bytes(100000)), f"{NAME} is not a ledger: it is no SQLite file."),
    "folder": (replaced(os.mkdir), f"{NAME} cannot be read: it is a folder."),
    "pipe": (replaced(os.mkfifo), SPECIAL),
    "socket": (replaced(listening), SPECIAL),
    "link to /dev/zero": (replaced(lambda path: os.symlink("/dev/zero", path)), SPECIAL),
    "link to itself": (replaced(lambda path: os.symlink(NAME, path)), ""),
    "link to nothing": (replaced(dangling), f"{NAME} does not exist."),
    "link to a ledger": (linked, ""),
    # Headers
    "one byte short": (cut(lambda size: size - 1), ""),
    "one page short": (cut(lambda size: size - 4096), ""),
    "half": (cut(lambda size: size // 8192 * 4096), ""),
    "first page alone": (cut(lambda size: 4096), ""),
    "one byte more": (lambda path: write(path, read(path) + b"x"), ""),
    "one page more": (lambda path: write(path, read(path) + bytes(4096)), ""),
    "WAL in the header": (patched(18, b"\2\2"), ""),
    "format of the future": (patched(18, b"\5\5"), ""),
    "WAL with a log": (write_ahead, ""),
    "page size 512": (vacuumed(["PRAGMA page_size = 512"]), ""),
    "page size 65536": (vacuumed(["PRAGMA page_size = 65536"]), ""),
    "page size 1 in the header": (patched(16, b"\0\3"), ""),
    "2^31 pages in the header": (many_pages, ""),
    "2^31 pages, sparse": (sparse, ""),
    "auto_vacuum": (vacuumed(["PRAGMA auto_vacuum = FULL"]), ""),
    "UTF-16": (encoded, ""),
    "reserved bytes": (reserved, ""),
    "schema 99": (patched(60, struct.pack(">I", 99)), f"{NAME} has ledger schema 99, and this landfall knows"),
    "schema -1": (patched(60, struct.pack(">i", -1)), f"{NAME} has ledger schema -1, and this landfall knows"),
    "schema 0": (patched(60, struct.pack(">I", 0)), f"{NAME} has ledger schema 0, and this landfall knows"),
    "schema 1": (patched(60, struct.pack(">I", 1)), ""),
    "another application": (
        patched(68, struct.pack(">I", 0x1B5B331B)),
        f"{NAME} is an SQLite file, but not a ledger: its application id is 0x1B5B331B instead of 0x4C4E4446.",
    ),
    "free list of everything": (patched(32, struct.pack(">II", 2, 1000000)), ""),
    "random pages": (patched(4096, bytes(range(256)) * 64), ""),
    "pages in a circle": (patched(4096, b"\x05" + bytes(4) + b"\x10\x00\x00" + struct.pack(">I", 2)), ""),
    # Files beside it
    "foreign journal": (foreign_journal, ""),
    "journal that shortens": (shortening_journal, ""),
    "truncated journal": (cut_journal, ""),
    "journal that changes nothing": (sane_journal, ""),
    "super-journal of others": (super_journal, ""),
    "journal is a folder": (lambda path: os.mkdir(path + "-journal"), ""),
    "journal is a link": (lambda path: os.symlink(OTHER, path + "-journal"), ""),
    "log is a pipe": (lambda path: (patched(18, b"\2\2")(path), os.mkfifo(path + "-wal")), ""),
    "lock is a link": (lock_link, ""),
    "lock of others": (lock_of_others, ""),
    "lock with escapes": (lock_with_escapes, ""),
    "lock is a pipe": (pipe_lock, ""),
    "crash with escapes": (crash_with_escapes, ""),
}
