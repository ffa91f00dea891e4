#!/usr/bin/env python3
"""Gives hostile ledgers, which a stranger may have sent, to every verb.

Each ends by itself within 10 s and 500 MB, with one of the documented exit codes and a message, or harmlessly; by no
signal, without an escape sequence on the terminal, and without a change to files of others.
"""

import dataclasses
import multiprocessing
import os
import shutil
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import hostile_files  # noqa: E402
import hostile_rows  # noqa: E402
import ledgers  # noqa: E402
import program as programs  # noqa: E402
from hostile_files import NAME, OTHER  # noqa: E402
import tables  # noqa: E402
from tables import Counts, Log  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
SECONDS, BYTES = 10, 500_000_000
CODES = {0, 2, 3, 4, 75}

# Cells of widths 3 and 5 with trajectories.
STUDY = ledgers.RECIPES["trajectories"][0]
COMMANDS = {
    "report": ["report", NAME],
    "report, page": ["report", NAME, "--format", "html"],
    "status": ["status", NAME],
    "status, json": ["status", NAME, "--format", "json"],
    "export": ["export", NAME],
    "export, npy": ["export", NAME, "--format", "npy", "-o", "arrays"],
    "trajectory": ["trajectory", NAME],
    "trajectory, trial": ["trajectory", NAME, "--cell", "3", "--trial", "0"],
    "figures": ["figures", NAME, "--data-only", "-o", "figures"],
    "replay": ["replay", NAME, "3", "0"],
    "verify": ["verify", NAME],
    "show": ["show", NAME],
    "check": ["check", NAME],
    "salvage": ["salvage", NAME, "-o", "saved.landfall"],
    "merge": ["merge", NAME, "sound.landfall", "-o", "merged.landfall"],
    "run": ["run", *STUDY, *ledgers.ALWAYS, "-o", NAME],
}

ERROR, HARMLESS = "error", "harmless"
CRASH, ENDLESS, LARGE, ESCAPES, CODE, SILENT, OTHERS, WORDS = (
    "crash", "over 10 s", "over 500 MB", "escapes", "exit code", "no message", "files of others", "other words",
)  # fmt: skip
FAILURES = [CRASH, ENDLESS, LARGE, ESCAPES, CODE, SILENT, OTHERS, WORDS]


@dataclasses.dataclass
class Finding:
    kind: str
    # By command: its end, and a line about it.
    ends: dict


def everything():
    return [*hostile_files.kinds(), *hostile_rows.kinds()]


class Bench:
    """Where kinds are tried; one for each process."""

    def __init__(self, program, sound, folder, commands):
        self.program, self.sound, self.folder, self.commands = program, sound, folder, commands

    def examine(self, kind):
        found = Finding(kind.name, {})
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            # What is big is made once.
            made = os.path.join(folder, "made")
            os.mkdir(made)
            shutil.copyfile(self.sound, os.path.join(made, NAME))
            apart(lambda: kind.make(os.path.join(made, NAME)))
            for name in self.commands:
                place = os.path.join(folder, "here")
                copy(made, place)
                prepare(place, self.sound)
                # A ledger of 2^40 trials that asks to be continued asks for work, not for harm.
                if not (name == "run" and kind.name.startswith("target of 2^40")):
                    found.ends[name] = self.judged(kind, name, place)
                shutil.rmtree(place)
        return found

    def judged(self, kind, name, place):
        others = contents(place)
        # Four times what is allowed: a bomb must not end the machine.
        result = programs.run([self.program, *COMMANDS[name]], place, limit=SECONDS, data=4 * BYTES)
        how = f"exit {result.code}, {result.seconds:.1f} s, {result.memory >> 20} MB, {result.message[:240]}"
        text = result.output + result.errors
        first = result.errors.decode(errors="replace").removeprefix("landfall: ")
        if result.code is None:
            end = ENDLESS
        elif result.code < 0:
            end = CRASH
        elif result.memory > BYTES:
            end = LARGE
        elif b"\x1b" in text or b"\x07" in text:
            end = ESCAPES
        elif result.code not in CODES:
            end = CODE
        elif contents(place) != others:
            end = OTHERS
        elif result.code > 0 and not result.message:
            end = SILENT
        elif name == "report" and not first.startswith(kind.expected):
            end = WORDS
            how += f"; expected: {kind.expected}"
        else:
            end = ERROR if result.code else HARMLESS
        return end, how


def apart(make):
    """In a process of its own: the memory that this one has ever had would count as that of the programs it starts."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            make()
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("a kind cannot be made")


def copy(made, place):
    """With links and pipes as they are; holes stay holes."""
    programs.run(["cp", "-a", "--sparse=always", made, place], os.path.dirname(made), limit=600)


def prepare(place, sound):
    with open(os.path.join(place, OTHER), "w", encoding="utf-8") as file:
        file.write("a file of somebody else\n")
    os.mkfifo(os.path.join(place, "other.fifo"))
    shutil.copyfile(sound, os.path.join(place, "sound.landfall"))


def contents(place):
    """What nobody may change: the files of others, and locks that are none of ours."""
    found = {}
    for name in (OTHER, "sound.landfall", f"{NAME}.lock"):
        path = os.path.join(place, name)
        if os.path.islink(path):
            found[name] = os.readlink(path)
        elif os.path.isfile(path):
            with open(path, "rb") as file:
                content = file.read()
            # A lock file of ours holds a host and a number.
            if name != f"{NAME}.lock" or len(content) > 300:
                found[name] = content
        elif os.path.exists(path):
            found[name] = "special"
    return found


# The bench of this process.
bench = None


def examine(kind):
    return bench.examine(everything()[kind])


def main():
    parser = tables.options(__doc__)
    parser.add_argument("--only", metavar="TEXT", help="kinds whose names contain this")
    parser.add_argument("--verbs", metavar="LIST", help="only these, such as report,status")
    options = parser.parse_args()

    global bench
    program = programs.find(ROOT)
    verbs = programs.verbs(program)
    commands = [name for name in COMMANDS if COMMANDS[name][0] in verbs]
    if options.verbs:
        commands = [name for name in commands if COMMANDS[name][0] in options.verbs.split(",")]
    kinds = [place for place, kind in enumerate(everything()) if (options.only or "") in kind.name]
    with tempfile.TemporaryDirectory(prefix="landfall-hostile-") as folder:
        sound = os.path.join(folder, "sound.landfall")
        ledgers.make(program, STUDY, sound)
        bench = Bench(program, sound, folder, commands)
        log = Log(options.log, len(kinds))
        log.both(f"{len(kinds)} kinds of hostile ledgers, {len(commands)} commands")
        with multiprocessing.Pool(options.processes) as pool:
            failures = collect(pool.imap_unordered(examine, kinds, chunksize=1), log)
    sys.exit(1 if failures else 0)


def collect(findings, log):
    counts = Counts([ERROR, HARMLESS, *FAILURES])
    failures = []
    for found in findings:
        log.step()
        for name, (end, how) in found.ends.items():
            counts.add(name, end)
            log.line(f"{end}: {found.kind}: {name}: {how}")
            if end in FAILURES:
                failures.append(f"{end}: {found.kind}: {name}: {how}")
    log.summary({"command": counts}, failures, "kinds")
    return failures


if __name__ == "__main__":
    main()
