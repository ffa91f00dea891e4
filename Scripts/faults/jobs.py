"""A job of the program under test: started alone or under mpirun, its processes found by rank, and waited for."""

import contextlib
import dataclasses
import os
import re
import signal
import time

import program as programs

LEDGER = "study.landfall"
# No wait without an end.
SECONDS = 60

STUDY = [
    "inner-bias", "--set", "network.hidden=[[3],[5]]", "--set", "training.steps=1000", "--set",
    "training.batch.size=256", "--set", "trajectory={checkpoints: [0, 100, 1000], trials: [0, 7]}", "--trials", "40",
]  # fmt: skip
ALWAYS = ["--threads", "1", "--progress", "off", "--kernel", "baseline"]

MPI = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
}

CRASH = re.compile(
    r"Fatal error|landfall: crashed|Segmentation fault|Illegal instruction|SIGILL|SIGSEGV|SIGTRAP|SIGABRT"
)


@dataclasses.dataclass
class Ended:
    """How a job ended. No code where it did not end by itself within the time."""

    code: int | None
    output: bytes
    errors: bytes
    seconds: float

    @property
    def message(self):
        return " ".join(self.errors.decode(errors="replace").split())

    @property
    def crashed(self):
        return bool(CRASH.search(self.message))


class Job:
    """One that runs; `ranks` 0 is without mpirun, `traps` makes trials trap in a program that knows how."""

    def __init__(self, program, folder, ranks, block, ledger=LEDGER, before=(), prepare=None, traps=""):
        self.folder, self.ranks = folder, ranks
        self.path = os.path.join(folder, ledger)
        launcher = ["mpirun", "-n", str(ranks), "--oversubscribe"] if ranks else []
        command = [*before, *launcher, program, "run", *STUDY, *ALWAYS, "--block", str(block), "-o", self.path]
        self._files = [os.memfd_create(name) for name in ("output", "errors")]
        self.begin = time.monotonic()
        # Without backtraces, which would be waited for.
        environment = {**MPI, "LANDFALL_TRIALS_THAT_TRAP": traps, "SWIFT_BACKTRACE": "enable=no"}
        self.process = programs.start(command, folder, *self._files, environment, prepare)

    def sleep(self, seconds):
        """For so long, or until the job ends."""
        return programs.wait(self.process, seconds)

    @property
    def is_running(self):
        return self.process.poll() is None

    def processes(self):
        """The processes of the program by rank, other than mpirun; without mpirun the process is rank 0."""
        found = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError, ValueError):
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                if not words[0].endswith(b"landfall") and b"landfall" not in os.path.basename(words[0]):
                    continue
                if self.path.encode() not in words or b"run" not in words:
                    continue
                with open(f"/proc/{entry}/environ", "rb") as file:
                    match = re.search(rb"OMPI_COMM_WORLD_RANK=(\d+)", file.read())
                found[int(match[1]) if match else 0] = int(entry)
        return found

    def signal(self, process, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)

    def end(self):
        """Waits until nothing of it is left, at most the time that anything may take."""
        limit = self.begin + SECONDS
        ended = programs.wait(self.process, limit - time.monotonic())
        # Ranks may outlive a launcher that was killed.
        while ended and self.processes():
            if time.monotonic() > limit:
                ended = False
            time.sleep(0.02)
        seconds = time.monotonic() - self.begin
        if not ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            for process in self.processes().values():
                self.signal(process, signal.SIGKILL)
        code = self.process.wait()
        texts = [os.pread(file, programs.KEPT, 0) for file in self._files]
        for file in self._files:
            os.close(file)
        return Ended(code if ended else None, *texts, seconds)
