"""Which table or index a byte of an SQLite file belongs to, read from its b-trees."""

import re
import sqlite3
import struct


class Pages:
    """The pages of a sound file.

    `owners[page]` is the name of the table or index whose b-tree the page is in, from page 0; "schema" for the first
    page, "free" for pages in no tree.
    """

    def __init__(self, path):
        with open(path, "rb") as file:
            self.content = file.read()
        size = struct.unpack(">H", self.content[16:18])[0]
        self.size = 65536 if size == 1 else size
        self.usable = self.size - self.content[20]
        self.owners = ["free"] * (len(self.content) // self.size)
        with sqlite3.connect(path) as connection:
            query = "SELECT name, tbl_name, rootpage FROM sqlite_master WHERE rootpage > 0"
            roots = connection.execute(query).fetchall()
        connection.close()
        self._walk(0, "schema")
        for name, table, root in roots:
            self._walk(root - 1, name if name == table else f"index of {table}")

    def owner(self, byte):
        return self.owners[byte // self.size]

    def used(self, page):
        """The bytes of the page that hold something, as two ranges: header with cell pointers, and cells."""
        start = page * self.size
        base = start + (100 if page == 0 else 0)
        cells, content = struct.unpack(">HH", self.content[base + 3 : base + 7])
        header = base + (12 if self.content[base] in (2, 5) else 8) + 2 * cells
        return range(start, header), range(start + (content or 65536), start + self.size)

    def _walk(self, page, name):
        self.owners[page] = name
        start = page * self.size
        base = start + (100 if page == 0 else 0)
        kind = self.content[base]
        cells = struct.unpack(">H", self.content[base + 3 : base + 5])[0]
        interior = kind in (2, 5)
        pointers = base + (12 if interior else 8)
        for cell in range(cells):
            place = start + struct.unpack(">H", self.content[pointers + 2 * cell : pointers + 2 * cell + 2])[0]
            if interior:
                self._walk(self._number(place), name)
                place += 4
            if kind != 5:
                self._overflow(place, kind, name)
        if interior:
            self._walk(self._number(base + 8), name)

    def _number(self, place):
        return struct.unpack(">I", self.content[place : place + 4])[0] - 1

    def _overflow(self, place, kind, name):
        """Marks the pages on which a long cell continues."""
        length, place = self._variable(place)
        if kind == 13:
            _, place = self._variable(place)
        most = self.usable - 35 if kind == 13 else (self.usable - 12) * 64 // 255 - 23
        if length <= most:
            return
        least = (self.usable - 12) * 32 // 255 - 23
        kept = least + (length - least) % (self.usable - 4)
        page = self._number(place + (kept if kept <= most else least))
        while page >= 0:
            self.owners[page] = name
            page = self._number(page * self.size)

    def _variable(self, place):
        """An integer of variable length, and the place behind it."""
        value = 0
        for count in range(9):
            byte = self.content[place + count]
            if count == 8:
                return value << 8 | byte, place + 9
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, place + count + 1


def differences(path, other):
    """Where the rows of two files differ, as "table.column"; nowhere, where an index alone is damaged."""
    found = set()
    try:
        tables = [rows(path), rows(other)]
    except (sqlite3.Error, UnicodeError) as error:
        return {f"unreadable: {error}"}
    for name in tables[0].keys() | tables[1].keys():
        columns, first = tables[0].get(name, ((), []))
        _, second = tables[1].get(name, ((), []))
        if len(first) != len(second):
            found.add(f"{name}: rows")
            continue
        for one, two in zip(first, second):
            for column, a, b in zip(columns, one, two):
                if a != b:
                    found.add(f"{name}.{column}" if covered(a) != covered(b) else f"{name}.{column}: source or sampling")
    return found


def covered(value):
    """Of a study the text without what nothing but a seal covers: its source, and its sampling but the seed."""
    if not isinstance(value, bytes):
        return value
    text = re.sub(rb"(?m)^source: .*$", b"source", value)
    return re.sub(rb"(?m)^sampling: \{.*(seed: \d+).*\}$", rb"sampling \1", text)


def rows(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = bytes
    try:
        tables = {}
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            name = name.decode(errors="replace")
            cursor = connection.execute(f'SELECT rowid, * FROM "{name}" NOT INDEXED')
            tables[name] = [column[0] for column in cursor.description], cursor.fetchall()
        return tables
    finally:
        connection.close()
