#!/usr/bin/env python3
"""Flips single bits of ledgers of every schema and content, and looks at what the program then says.

Each flip must be found (the program ends with an error that says that the ledger is damaged) or be harmless (it prints,
byte for byte, what it prints of the sound file); never silently wrong, never a crash, never without an end.
"""

import collections
import dataclasses
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ledgers  # noqa: E402
import program as programs  # noqa: E402
from pages import Pages, differences  # noqa: E402
import tables  # noqa: E402
from tables import Counts, Log  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
NAME = "flipped.landfall"

READING = {
    "report": ["report", NAME, "--format", "json"],
    "status": ["status", NAME, "--format", "json"],
    "export": ["export", NAME],
    "trajectory": ["trajectory", NAME, "--quantity", "all", "--format", "csv"],
    "show": ["show", NAME],
}

# What an error says of a file that is not as it was written.
DAMAGE = re.compile(
    r"is damaged|is not a ledger|not a ledger|is empty: no study|has ledger schema|cannot be used: SQLite reports|"
    r"database disk image is malformed|does not match"
)
# Up to schema 6, targets and runs had no checksums, nor what does not identify the trials; the program says so of each such ledger.
LAST_WITHOUT_SEALS = 6
WARNING = re.compile(r"has (ledger )?schema \d+, .*no checksums")

FOUND, HARMLESS, TOLD = "found", "harmless", "told"
WRONG, CRASH, ENDLESS, UNCLEAR, COMMITTED = "silently wrong", "crash", "endless", "unclear", "committed"
UNTOLD = "warned, but must be found"
FAILURES = [WRONG, UNTOLD, CRASH, ENDLESS, UNCLEAR, COMMITTED]
ENDS = [FOUND, HARMLESS, TOLD, *FAILURES]

# What even a ledger without seals can tell: these are compared with hashes and checksums, with what is stored twice, and
# indexes with tables.
CHECKED = re.compile(
    r"^(study\.(definition|identity|hash)|cell\.(key|definition)|block\.(cell|first|count|checksum)|observation\..*|"
    r"analysis\..*|trajectory\..*|trial_trajectory\..*|level\..*|.*: rows|unreadable.*)$"
)


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound ledger, and what the program prints of it."""

    sample: ledgers.Sample
    pages: Pages
    outputs: dict
    # What `export` prints once the ledger is complete.
    complete: bytes


@dataclasses.dataclass
class Finding:
    """What came of a flip."""

    index: int
    sample: str
    schema: int
    byte: int
    bit: int
    owner: str
    # The end of each verb.
    ends: dict
    details: list

    @property
    def end(self):
        """The worst of its ends; found, if any verb finds it."""
        order = [*FAILURES, TOLD, FOUND, HARMLESS]
        return min(self.ends.values(), key=order.index)


class Bench:
    """Where flips are tried; one for each process."""

    def __init__(self, program, verbs, sounds, seed, share, folder):
        self.program, self.verbs, self.sounds, self.seed, self.share = program, verbs, sounds, seed, share
        self.folder = folder

    def flip(self, index):
        draws = random.Random(f"{self.seed}/{index}")
        sound = draws.choice(self.sounds)
        byte, bit = place(draws, sound.pages), draws.randrange(8)
        folder = tempfile.mkdtemp(dir=self.folder)
        try:
            content = bytearray(sound.pages.content)
            content[byte] ^= 1 << bit
            path = os.path.join(folder, NAME)
            with open(path, "wb") as file:
                file.write(content)
            found = Finding(
                index, sound.sample.name, sound.sample.schema, byte, bit, sound.pages.owner(byte), {}, []
            )  # fmt: skip
            for verb, output in sound.outputs.items():
                self.read(found, verb, output, sound, folder)
            if content != open(path, "rb").read():
                found.ends["reading"] = COMMITTED
                found.details.append("a verb that reads has written")
            if draws.random() < self.share:
                self.continued(found, sound, content, folder)
            if "salvage" in self.verbs and draws.random() < self.share:
                self.salvaged(found, sound, content, folder)
            return found
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def read(self, found, verb, expected, sound, folder):
        result = programs.run([self.program, *READING[verb]], folder)
        end = self.judged(result, lambda: result.output == expected)
        if end == WRONG and sound.sample.schema <= LAST_WITHOUT_SEALS and WARNING.search(result.message):
            changed = differences(sound.sample.path, os.path.join(folder, NAME))
            found.details.append(f"{verb}: warned of {', '.join(sorted(changed)) or 'an index or the structure'}")
            end = TOLD if changed and not any(CHECKED.match(name) for name in changed) else UNTOLD
        elif end == WRONG:
            changed = differences(sound.sample.path, os.path.join(folder, NAME))
            found.details.append(f"{verb}: silent about {', '.join(sorted(changed)) or 'an index or the structure'}")
        elif end not in (FOUND, HARMLESS):
            found.details.append(f"{verb}: {ended(result)}")
        found.ends[verb] = end

    def judged(self, result, harmless):
        if result.code is None:
            return ENDLESS
        if result.code < 0:
            return CRASH
        if result.code > 0:
            return FOUND if DAMAGE.search(result.message) else UNCLEAR
        return HARMLESS if harmless() else WRONG

    def continued(self, found, sound, content, folder):
        """`run` on it: either nothing is committed, or the ledger ends complete and right."""
        path = os.path.join(folder, NAME)
        result = programs.run([self.program, "run", *sound.sample.command, "-o", NAME], folder, limit=60)
        if result.code == 0:
            end = self.exported(sound, folder, NAME)
        else:
            end = self.judged(result, lambda: False)
            if content != open(path, "rb").read():
                found.details.append("run: committed and failed")
                end = COMMITTED
        if end in FAILURES:
            found.details.append(f"run: {end}: {ended(result)}")
        found.ends["run"] = end

    def salvaged(self, found, sound, content, folder):
        """`salvage`, and `run` on what it saved, come to what the sound ledger comes to; or there is nothing to save.

        What ledgers up to schema 4 lack is measured of the trials that are trained anew: these exports differ.
        """
        with open(os.path.join(folder, NAME), "wb") as file:
            file.write(content)
        result = programs.run([self.program, "salvage", NAME, "-o", "saved.landfall"], folder, limit=60)
        if result.code == 0:
            command = [self.program, "run", *sound.sample.command, "-o", "saved.landfall"]
            result = programs.run(command, folder, limit=60)
            if result.code != 0:
                end = UNCLEAR
            elif sound.sample.schema < 5:
                end = HARMLESS
            else:
                end = self.exported(sound, folder, "saved.landfall")
        else:
            end = self.judged(result, lambda: False)
        if end in FAILURES:
            found.details.append(f"salvage: {end}: {ended(result)}")
        found.ends["salvage"] = end

    def exported(self, sound, folder, name):
        result = programs.run([self.program, "export", name], folder)
        return HARMLESS if result.code == 0 and result.output == sound.complete else WRONG


def ended(result):
    """How, and with which message, for the log."""
    if result.code is None:
        how = f"no end in {result.seconds:.0f} s"
    else:
        how = f"exit {result.code}" if result.code >= 0 else programs.signal_name(result.code)
    return f"{how} {result.message[:200]}"


def place(draws, pages):
    """A byte: anywhere, or, for two of five, among what a table or index uses, each as likely as the others."""
    if draws.random() < 0.6:
        return draws.randrange(len(pages.content))
    by_owner = collections.defaultdict(list)
    for page, owner in enumerate(pages.owners):
        by_owner[owner].append(page)
    by_owner.pop("free", None)
    page = draws.choice(by_owner[draws.choice(sorted(by_owner))])
    # A page that continues a long cell has no header; of it any byte.
    if pages.content[page * pages.size + (100 if page == 0 else 0)] not in (2, 5, 10, 13):
        return page * pages.size + draws.randrange(pages.size)
    used = [byte for part in pages.used(page) for byte in part]
    return draws.choice(used)


def measure(program, verbs, sample, folder):
    """What the program prints of a sound ledger, twice the same."""
    place = tempfile.mkdtemp(dir=folder)
    path = os.path.join(place, NAME)
    shutil.copyfile(sample.path, path)
    outputs = {}
    for verb, arguments in READING.items():
        if verb not in verbs or (verb == "trajectory" and not sample.has_curves):
            continue
        results = [programs.run([program, *arguments], place) for _ in range(2)]
        if any(result.code != 0 for result in results) or results[0].output != results[1].output:
            raise SystemExit(f"{sample.name} is sound, but {verb}: {ended(results[0])}; {ended(results[1])}")
        outputs[verb] = results[0].output
    result = programs.run([program, "run", *sample.command, "-o", NAME], place, limit=60)
    if result.code != 0:
        raise SystemExit(f"{sample.name} is sound, but run: {ended(result)}")
    complete = programs.run([program, "export", NAME], place).output
    return Sound(sample, Pages(sample.path), outputs, complete)


# The bench of this process.
bench = None


def flip(index):
    return bench.flip(index)


def main():
    parser = tables.options(__doc__, "flip", 10000)
    parser.add_argument("--share", type=float, default=0.1, help="of flips that are continued and salvaged, too")
    parser.add_argument("--ledger", metavar="NAME", help="flips of this ledger alone, such as plain")
    options = parser.parse_args()

    global bench
    program = programs.find(ROOT)
    verbs = programs.verbs(program)
    # Memory, where there is a folder of it: commits wait for the disk.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="landfall-flips-", dir=memory) as folder:
        samples = list(ledgers.all_samples(program, ROOT, folder, options.ledger))
        if not samples:
            raise SystemExit(f'no ledger "{options.ledger}"')
        sounds = [measure(program, verbs, sample, folder) for sample in samples]
        bench = Bench(program, verbs, sounds, options.seed, options.share, folder)
        indices = range(options.number) if options.only is None else [options.only]
        log = Log(options.log, len(indices))
        log.both(f"{len(indices)} flips, seed {options.seed}, of {len(sounds)} ledgers")
        schemas = collections.Counter(sound.sample.schema for sound in sounds)
        log.both("schemas: " + ", ".join(f"{schema} ({count})" for schema, count in sorted(schemas.items())))
        with multiprocessing.Pool(options.processes) as pool:
            failures = collect(pool.imap_unordered(flip, indices, chunksize=1), log, options)
    sys.exit(1 if failures else 0)


def collect(findings, log, options):
    by_ledger, by_owner, by_verb = Counts(ENDS), Counts(ENDS), Counts(ENDS)
    failures = []
    for found in findings:
        log.step()
        kind = "sealed" if found.schema > LAST_WITHOUT_SEALS else "up to schema 6"
        by_ledger.add(found.sample, found.end)
        by_owner.add(f"{kind}: {found.owner}", found.end)
        for verb, end in found.ends.items():
            by_verb.add(verb, end)
        text = (
            f"{found.end}: flip {found.index}, {found.sample}, byte {found.byte}, bit {found.bit}, {found.owner}: "
            + ", ".join(f"{verb} {end}" for verb, end in found.ends.items())
            + "".join(f"; {detail}" for detail in found.details)
        )
        log.line(text)
        if found.end in FAILURES:
            failures.append(text)
    log.summary(
        {"ledger": by_ledger, "table": by_owner, "verb": by_verb}, failures, f"flips, seed {options.seed}"
    )  # fmt: skip
    return failures


if __name__ == "__main__":
    main()
