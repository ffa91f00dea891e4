"""What harnesses ask for and print: their options, a log with a line a case, tables of counts."""

import argparse
import collections
import os
import sys
import time


def options(text, cases=None, number=0):
    """A parser with the options that all harnesses have; where cases are drawn, how many and from which seed."""
    parser = argparse.ArgumentParser(description=text.split("\n")[0])
    if cases:
        parser.add_argument("number", type=int, nargs="?", default=number, help=f"of {cases}s (default {number})")
        parser.add_argument("seed", type=int, nargs="?", default=1, help="of the random numbers (default 1)")
        parser.add_argument("--only", type=int, metavar="INDEX", help=f"this {cases} alone, as the log numbers them")
    parser.add_argument("--log", metavar="FILE", help="a line a case")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser


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

    def summary(self, tables, failures, text, most=40):
        """The counts by title, the first failures, and a line that says it all."""
        for title, counts in tables.items():
            self.both("")
            for line in counts.lines(title):
                self.both(line)
        self.both("")
        for failure in failures[:most]:
            self.both(failure)
        if len(failures) > most:
            self.both(f"and {len(failures) - most} more (--log FILE has them all)")
        minutes = (time.monotonic() - self._begin) / 60
        self.both(f"{self.count} {text}: {len(failures)} failures, {minutes:.1f} min")


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
