"""The faults: what is done to a job that runs, and to its files before it is resumed.

Each is a function of a case; what it returns says what happened, for the log.
"""

import glob
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from jobs import LEDGER, Job

NEMESES = {}
# That need a file system of their own, or strace.
NEEDS = {}


def nemesis(name, needs=None):
    def add(function):
        NEMESES[name] = function
        NEEDS[name] = needs
        return function

    return add


class Case:
    """One fault: a folder, a job in it, random numbers."""

    def __init__(self, program, folder, draws, duration):
        self.program, self.folder, self.draws, self.duration = program, folder, draws, duration
        self.path = os.path.join(folder, LEDGER)
        self.block = draws.choice([1, 1, 2, 5])
        # What must be undone before the job is resumed.
        self.repairs = []
        # Whether the resume may say that the ledger is damaged, or is none.
        self.may_refuse = False
        # Trials that trap, as (cell, trial): how.
        self.traps = {}
        self.ended = []

    def start(self, ranks=None, **options):
        ranks = self.draws.choice([0, 1, 2, 3]) if ranks is None else ranks
        program = trapping(self.program) if self.traps else self.program
        traps = ",".join(f"{cell}:{trial}:{how}" for (cell, trial), how in self.traps.items())
        return Job(program, self.folder, ranks, self.block, traps=traps, **options)

    def moment(self, job):
        """Waits for a random part of the time that a job takes; tells whether it has ended before."""
        return job.sleep(self.draws.uniform(0.02, 1) * self.duration[job.ranks])

    def finish(self, job):
        self.ended.append(job.end())


def struck(case, strike, ranks=None):
    """A job that runs until a random moment, when it is struck, and is waited for."""
    job = case.start(ranks)
    case.moment(job)
    strike(job)
    case.finish(job)
    return job


def kill(job, processes):
    for process in processes:
        if process:
            job.signal(process, signal.SIGKILL)


def kill_everything(job):
    kill(job, [job.process.pid, *job.processes().values()])


def random_rank(case, job, least=0):
    ranks = {rank: process for rank, process in job.processes().items() if rank >= least}
    return case.draws.choice(sorted(ranks.items())) if ranks else (None, None)


# MARK: Signals


@nemesis("kill a rank")
def kill_rank(case):
    job = struck(case, lambda job: kill(job, [random_rank(case, job, 1)[1]]), case.draws.choice([2, 3]))
    return f"SIGKILL to a rank of {job.ranks}"


@nemesis("kill rank zero")
def kill_rank_zero(case):
    job = struck(case, lambda job: kill(job, [job.processes().get(0)]))
    return f"SIGKILL to rank 0 of {job.ranks}"


@nemesis("kill mpirun")
def kill_launcher(case):
    job = struck(case, lambda job: kill(job, [job.process.pid]), case.draws.choice([1, 2, 3]))
    return f"SIGKILL to mpirun of {job.ranks}"


@nemesis("kill everything")
def kill_all(case):
    return f"SIGKILL to all of {struck(case, kill_everything).ranks}"


@nemesis("ask to stop")
def stop(case):
    number = case.draws.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
    job = struck(case, lambda job: job.signal(job.process.pid, number))
    return f"{number.name} to the job of {job.ranks}"


def pause(case, longest, end):
    """Stops a rank for a while, and then sends it a signal."""

    def strike(job):
        _, process = random_rank(case, job)
        if process:
            job.signal(process, signal.SIGSTOP)
            job.sleep(case.draws.uniform(0.1, longest))
            job.signal(process, end)

    return f"SIGSTOP, {end.name} to a rank of {struck(case, strike).ranks}"


@nemesis("pause a rank")
def pause_rank(case):
    return pause(case, 2, signal.SIGCONT)


@nemesis("pause and kill")
def pause_and_kill(case):
    return pause(case, 1, signal.SIGKILL)


@nemesis("killed again and again")
def kill_repeatedly(case):
    times = case.draws.choice([2, 3])
    for _ in range(times):
        struck(case, kill_everything)
    return f"SIGKILL {times} times"


# MARK: Traps


def trapping(program):
    """The program with a hook that makes trials trap, which no release contains: it is built with the tests."""
    return os.path.join(os.path.dirname(program), "LandfallWithTraps")


@nemesis("a trial that traps", "traps")
def trapping_trial(case):
    """One or two trials that end every job that computes them; often something is killed besides."""
    for _ in range(case.draws.choice([1, 1, 2])):
        trial = case.draws.choice(["3", "5"]), case.draws.randrange(40)
        case.traps[trial] = case.draws.choice(["trap", "overflow", "abort"])
    kills = case.draws.choice([0, 1, 2])
    for _ in range(kills):
        struck(case, lambda job: kill(job, [random_rank(case, job)[1]]))
    return ", ".join(f"{how} in trial {trial} of {cell}" for (cell, trial), how in case.traps.items()) + f", {kills} kills"


# MARK: Commits

# Calls of a commit, and about how often a job of this study makes them, with blocks of one trial.
CALLS = {"pwrite64": 150, "fdatasync": 25, "unlink": 6, "openat": 150}


def traced(call, action, draws):
    number = int(draws.uniform(1, CALLS[call] ** 0.5) ** 2)
    inject = f"inject={call}:{action}:when={number}"
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject], number


@nemesis("killed during a commit", "strace")
def kill_in_commit(case):
    call = case.draws.choice(sorted(CALLS))
    before, number = traced(call, "signal=KILL", case.draws)
    job = case.start(0, before=before)
    case.finish(job)
    return f"SIGKILL at {call} {number}"


@nemesis("call that fails", "strace")
def failing_call(case):
    call = case.draws.choice(["pwrite64", "fdatasync"])
    error = case.draws.choice(["EIO", "ENOSPC", "EDQUOT", "EINTR"])
    before, number = traced(call, f"error={error}", case.draws)
    # Once, or from then on; a call that is interrupted for ever is no fault, but a test that never ends.
    before[-1] += "" if error == "EINTR" else case.draws.choice(["", "+"])
    job = case.start(0, before=before)
    case.finish(job)
    return f"{before[-1]}"


# MARK: The disk


@nemesis("disk full", "mount")
def full_disk(case):
    """On a file system of its own, with some pages left; then with more."""
    pages = case.draws.randrange(2, 60)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={4 * pages}k", "none", case.folder], check=True)
    case.repairs.append(lambda: subprocess.run(["mount", "-o", "remount,size=64m", case.folder], check=True))
    job = case.start()
    case.finish(job)
    return f"{pages} pages of 4 KiB, {job.ranks} ranks"


@nemesis("file size limit")
def size_limit(case):
    limit = case.draws.randrange(1, 200) * 1024

    def prepare():
        # An error of the call, not a signal.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    job = case.start(0, prepare=prepare)
    case.finish(job)
    return f"RLIMIT_FSIZE {limit}"


# MARK: Files


def started_ledger(case):
    """A job at a random moment, and a free name beside its ledger; None for the name if there is no ledger yet."""
    job = case.start()
    case.moment(job)
    if os.path.exists(case.path):
        return job, os.path.join(case.folder, "away.landfall")
    case.finish(job)
    return job, None


@nemesis("file moved")
def moved(case):
    job, away = started_ledger(case)
    if not away:
        return "not yet there"
    os.rename(case.path, away)
    case.finish(job)
    # What came in its place is not what was moved.
    case.repairs.append(lambda: os.replace(away, case.path))
    return f"moved, {job.ranks} ranks"


@nemesis("file replaced")
def replaced(case):
    job, away = started_ledger(case)
    if not away:
        return "not yet there"
    kind = case.draws.choice(["text", "copy", "half", "nothing"])
    with open(case.path, "rb") as file:
        content = file.read()
    with open(case.path + ".new", "wb") as file:
        half = content[: len(content) // 2]
        file.write({"text": b"text\n" * 999, "copy": content, "half": half, "nothing": b""}[kind])
    os.rename(case.path, away)
    os.rename(case.path + ".new", case.path)
    case.finish(job)
    case.may_refuse = True
    case.away = away
    return f"replaced by {kind}, {job.ranks} ranks"


@nemesis("file truncated")
def truncated(case):
    job = case.start()
    case.moment(job)
    size = None
    if os.path.exists(case.path) and os.path.getsize(case.path) > 0:
        whole = os.path.getsize(case.path)
        size = case.draws.choice([whole - 1, whole - 4096, whole // 8192 * 4096, case.draws.randrange(whole)])
        os.truncate(case.path, size)
    case.finish(job)
    case.may_refuse = True
    return f"truncated to {size}, {job.ranks} ranks"


def killed_in_commit(case):
    """A ledger whose writer was killed while it committed, with the journal beside it; None where there was none."""
    for _ in range(8):
        for path in glob.glob(case.path + "*"):
            os.remove(path)
        before, _ = traced("pwrite64", "signal=KILL", case.draws)
        job = case.start(0, before=before)
        job.end()
        journal = case.path + "-journal"
        if os.path.exists(journal) and os.path.getsize(journal) > 512:
            return journal
    return None


@nemesis("hot journal", "strace")
def hot_journal(case):
    journal = killed_in_commit(case)
    return f"journal of {os.path.getsize(journal)} bytes" if journal else "no journal"


@nemesis("truncated journal", "strace")
def truncated_journal(case):
    journal = killed_in_commit(case)
    if not journal:
        return "no journal"
    size = case.draws.randrange(os.path.getsize(journal))
    os.truncate(journal, size)
    case.may_refuse = True
    return f"journal truncated to {size}"


@nemesis("journal lost", "strace")
def lost_journal(case):
    journal = killed_in_commit(case)
    if not journal:
        return "no journal"
    os.remove(journal)
    case.may_refuse = True
    return "journal removed"


@nemesis("foreign journal", "strace")
def foreign_journal(case):
    journal = killed_in_commit(case)
    if not journal:
        return "no journal"
    strange = os.path.join(case.folder, "strange")
    os.rename(journal, strange)
    # The ledger as it would be without a fault, up to some trial; then the journal of another one.
    if not killed_in_commit(case):
        return "no second journal"
    os.replace(strange, journal)
    case.may_refuse = True
    return "journal of another ledger"


# MARK: Others


@nemesis("two writers")
def two_writers(case):
    job = case.start()
    case.moment(job)
    alias = os.path.join(case.folder, "alias.landfall")
    name = case.draws.choice([LEDGER, "alias.landfall"])
    if name != LEDGER:
        os.symlink(LEDGER, alias)
    second = case.start(0, ledger=name)
    ended = second.end()
    running = job.is_running
    case.finish(job)
    refused = ended.code == 3 and b"is being written by" in ended.errors
    # Whoever is second is refused, or the first was not there yet, or had ended.
    if not refused and ended.code != 0 and case.ended[-1].code == 0 and running:
        case.ended.append(ended)
    return f"second through {name}: exit {ended.code}, {'refused' if refused else ended.message[:80]}"


@nemesis("readers")
def readers(case):
    """That hold on to the file, or ask all the time."""
    job = case.start()
    case.moment(job)
    kind = case.draws.choice(["transaction", "program"])
    if kind == "transaction" and os.path.exists(case.path):
        connection = sqlite3.connect(f"file:{case.path}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            job.sleep(case.draws.uniform(0.1, 2))
        except sqlite3.Error:
            pass
        finally:
            connection.close()
    else:
        while job.is_running and time.monotonic() < job.begin + 10:
            for verb in ("status", "report", "export"):
                subprocess.run([case.program, verb, case.path], capture_output=True, check=False)
    case.finish(job)
    return kind


def kinds(program):
    """The names of those that can be done here with this program, and of the others."""
    able = {
        None: True,
        "strace": shutil.which("strace") is not None,
        "mount": can_mount(),
        "traps": os.access(trapping(program), os.X_OK),
    }
    return [name for name in NEMESES if able[NEEDS[name]]], [name for name in NEMESES if not able[NEEDS[name]]]


def can_mount():
    """Whether there is a namespace of mounts of one's own, which Scripts/test-faults asks for."""
    return os.environ.get("LANDFALL_MOUNTS") == "own"


def draws(seed, index):
    return random.Random(f"{seed}/{index}")
