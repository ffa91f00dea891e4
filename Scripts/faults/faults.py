#!/usr/bin/env python3
"""Disturbs real jobs at random moments, resumes them, and compares what they come to with an undisturbed run.

After every fault the same command continues the ledger, on a random number of ranks, and the exported trials and
trajectories are byte for byte those of a run that nothing happened to. Where the file itself was damaged or exchanged,
the resume may refuse with a message: then `salvage`, or the file that was exchanged, continues. Everything ends within
60 s.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import jobs  # noqa: E402
import nemeses  # noqa: E402
import program as programs  # noqa: E402
import tables  # noqa: E402
from tables import Counts, Log  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))

RESUMED, UNDISTURBED, SALVAGED, ANEW = "resumed", "not disturbed", "salvaged", "refused, from a copy"
ENDLESS, CRASH, LOST, STUCK, WORDS = "endless", "crash", "trials differ", "cannot go on", "other words"
FAILURES = [ENDLESS, CRASH, LOST, STUCK, WORDS]
ENDS = [RESUMED, UNDISTURBED, SALVAGED, ANEW, *FAILURES]


class Bench:
    def __init__(self, program, verbs, seed, folder, kinds):
        self.program, self.verbs, self.seed, self.folder, self.kinds = program, verbs, seed, folder, kinds
        self.reference = self.duration = None

    def measure(self):
        """What an undisturbed run comes to, and how long it takes on 0 (no mpirun) to 3 ranks."""
        self.duration = {}
        for ranks in range(4):
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                ended = jobs.Job(self.program, folder, ranks, 1).end()
                outputs = self.outputs(os.path.join(folder, jobs.LEDGER))
            if ended.code != 0 or outputs is None or self.reference not in (None, outputs):
                raise SystemExit(f"an undisturbed run on {ranks} ranks: exit {ended.code}\n{ended.message}")
            self.duration[ranks] = ended.seconds
            self.reference = outputs
        self.trials = set(self.reference[0].splitlines())

    def outputs(self, path):
        """The trials and the trajectories of a ledger; None where the program does not print them.

        Without the bounds of trajectories: a salvaged ledger does not know what was planned before its first trial.
        """
        results = [
            programs.run([self.program, *arguments], os.path.dirname(path), limit=jobs.SECONDS)
            for arguments in (["export", path], ["trajectory", path, "--quantity", "all", "--format", "csv"])
        ]
        if any(result.code != 0 for result in results):
            return None
        export, trajectories = (result.output for result in results)
        return [export, without_bounds(trajectories)]

    def strike(self, index):
        draws = nemeses.draws(self.seed, index)
        kind = self.kinds[index % len(self.kinds)]
        begin = time.monotonic()
        folder = tempfile.mkdtemp(dir=self.folder)
        case = nemeses.Case(self.program, folder, draws, self.duration)
        try:
            what = nemeses.NEMESES[kind](case)
            end, how = self.judged(case)
        except subprocess.SubprocessError as error:
            what, end, how = str(error), STUCK, ""
        finally:
            subprocess.run(["umount", "-q", folder], check=False, stderr=subprocess.DEVNULL)
            subprocess.run(["rm", "-rf", folder], check=False)
        return index, kind, end, f"{what}; {how}", time.monotonic() - begin

    def judged(self, case):
        for ended in case.ended:
            if ended.code is None:
                return ENDLESS, ended.message[:300]
            if ended.crashed and not case.traps:
                return CRASH, ended.message[:300]
        how = " / ".join(f"exit {ended.code}" for ended in case.ended)
        wrong = self.wrong_rows(case)
        if wrong:
            return LOST, f"{how}; exports {wrong}"
        for repair in case.repairs:
            repair()
        if case.ended and case.ended[-1].code == 0 and self.is_right(case, case.path):
            return UNDISTURBED, how
        return self.resumed(case, how)

    def is_right(self, case, path):
        """Whether a ledger has come to what an undisturbed run comes to, but for the trials that trap."""
        outputs = self.outputs(path)
        if outputs is None or not case.traps:
            return outputs == self.reference
        begins = tuple(f"{cell},{trial},".encode() for cell, trial in case.traps)
        rows, reference = (
            [row for row in text.splitlines() if not row.startswith(begins)] for text in (outputs[0], self.reference[0])
        )
        return rows == reference and outputs[0].count(b",crashed,") == len(case.traps)

    def wrong_rows(self, case):
        """A row that the disturbed ledger exports and no undisturbed one has."""
        if not os.path.exists(case.path):
            return None
        result = programs.run([self.program, "export", case.path], case.folder, limit=jobs.SECONDS)
        if result.code is None or result.code < 0:
            return f"nothing: {programs.signal_name(result.code) if result.code else 'no end'}"
        crashed = {f"{cell},{trial},crashed".encode() for cell, trial in case.traps}
        rows = {row for row in result.output.splitlines() if b",".join(row.split(b",")[:3]) not in crashed} - self.trials
        return sorted(rows)[0].decode(errors="replace") if result.code == 0 and rows else None

    def resumed(self, case, how):
        # A trial that traps ends two jobs before it is looked for.
        for _ in range(1 + 2 * len(case.traps)):
            ended = case.start().end()
            how += f"; resume: exit {ended.code} {'' if ended.code == 0 else ended.message[:200]}"
            if ended.code in (0, None) or not (ended.crashed and case.traps):
                break
        if ended.code is None:
            return ENDLESS, how
        # Of a trial that traps the one that records it tells the signal.
        if ended.crashed and not (ended.code == 0 and case.traps):
            return CRASH, how
        if ended.code == 0:
            return (RESUMED if self.is_right(case, case.path) else LOST), how
        if not case.may_refuse:
            return STUCK, how
        if not any(words in ended.message for words in ("is damaged", "is not a ledger", "is empty", "cannot be")):
            return WORDS, how
        return self.salvaged(case, how)

    def salvaged(self, case, how):
        """Goes on with what can be saved, or with the file that was exchanged."""
        away = getattr(case, "away", None)
        if away:
            os.replace(away, case.path)
            for suffix in ("-journal", ".lock"):
                if os.path.exists(case.path + suffix):
                    os.remove(case.path + suffix)
            ended = case.start().end()
            if ended.code == 0:
                return (ANEW if self.outputs(case.path) == self.reference else LOST), how
            how += f"; from the copy: exit {ended.code} {ended.message[:200]}"
        saved = os.path.join(case.folder, "saved.landfall")
        if "salvage" not in self.verbs:
            return ANEW, f"{how}; no salvage"
        result = programs.run([self.program, "salvage", case.path, "-o", saved], case.folder, limit=jobs.SECONDS)
        how += f"; salvage: exit {result.code} {'' if result.code == 0 else result.message[:200]}"
        if result.code is None or result.code < 0:
            return (ENDLESS if result.code is None else CRASH), how
        # Where nothing can be saved, the study begins anew.
        ended = case.start(ledger="saved.landfall").end()
        how += f"; resume: exit {ended.code} {'' if ended.code == 0 else ended.message[:200]}"
        if ended.code != 0:
            return STUCK, how
        return (SALVAGED if self.outputs(saved) == self.reference else LOST), how


def without_bounds(text):
    rows = [line.split(b",") for line in text.splitlines()]
    bounds = (b"_lower", b"_upper", b"_at_least", b"method")
    kept = [place for place, name in enumerate(rows[0]) if not name.endswith(bounds)]
    return b"\n".join(b",".join(row[place] for place in kept) for row in rows)


# The bench of this process.
bench = None


def strike(index):
    return bench.strike(index)


def main():
    parser = tables.options(__doc__, "fault", 500)
    parser.add_argument("--kind", metavar="TEXT", help="kinds whose names contain this")
    options = parser.parse_args()

    global bench
    program = programs.find(ROOT)
    kinds, missing = nemeses.kinds(program)
    kinds = [kind for kind in kinds if (options.kind or "") in kind]
    if not kinds:
        raise SystemExit(f'no kind of faults with "{options.kind}"')
    with tempfile.TemporaryDirectory(prefix="landfall-faults-") as folder:
        bench = Bench(program, programs.verbs(program), options.seed, folder, kinds)
        bench.measure()
        indices = range(options.number) if options.only is None else [options.only]
        log = Log(options.log, len(indices))
        log.both(f"{len(indices)} faults of {len(kinds)} kinds, seed {options.seed}")
        if missing:
            log.both(f"not here: {', '.join(missing)}")
        with multiprocessing.Pool(options.processes) as pool:
            failures = collect(pool.imap_unordered(strike, indices, chunksize=1), log, options)
    sys.exit(1 if failures else 0)


def collect(findings, log, options):
    counts = Counts(ENDS)
    failures, longest = [], 0
    for index, kind, end, how, seconds in findings:
        log.step()
        counts.add(kind, end)
        longest = max(longest, seconds)
        text = f"{end}: fault {index}, {kind}, {seconds:.1f} s: {how}"
        log.line(text)
        if end in FAILURES:
            failures.append(text)
    log.both(f"the longest with resume: {longest:.0f} s")
    log.summary({"fault": counts}, failures, f"faults, seed {options.seed}")
    return failures


if __name__ == "__main__":
    main()
