"""What harnesses print: a log with a line a case, and tables of counts."""

import collections
import sys
import time


class Log:
    """Lines for a file, and for standard error a word now and then."""

    def __init__(self, path, total):
        self._file = open(path, "w", encoding="utf-8") if path else None
        self._total = total
        self._begin = self._told = time.monotonic()
        self.count = 0

    def line(self, text):
        if self._file:
            print(text, file=self._file, flush=True)

    def both(self, text):
        print(text, flush=True)
        self.line(text)

    def step(self):
        self.count += 1
        now = time.monotonic()
        if now - self._told < 30:
            return
        self._told = now
        left = (now - self._begin) / self.count * (self._total - self.count)
        print(f"{self.count} of {self._total}, about {left / 60:.0f} min left", file=sys.stderr, flush=True)

    @property
    def minutes(self):
        return (time.monotonic() - self._begin) / 60


class Counts:
    """How often each kind of case came to each end."""

    def __init__(self, ends):
        self._ends = list(ends)
        self._counts = collections.defaultdict(collections.Counter)

    def add(self, kind, end, times=1):
        self._counts[kind][end] += times

    def total(self, ends):
        return sum(counts[end] for counts in self._counts.values() for end in ends)

    def lines(self, title):
        ends = [end for end in self._ends if self.total([end])] + ["all"]
        width = max([len(title)] + [len(kind) for kind in self._counts] + [3])
        yield f"{title:<{width}}" + "".join(f"  {end}" for end in ends)
        kinds = sorted(self._counts)
        for kind in kinds + ["all"]:
            counts = self._counts[kind] if kind != "all" else sum(self._counts.values(), collections.Counter())
            numbers = [counts[end] if end != "all" else counts.total() for end in ends]
            yield f"{kind:<{width}}" + "".join(f"  {number:>{len(end)}}" for number, end in zip(numbers, ends))
