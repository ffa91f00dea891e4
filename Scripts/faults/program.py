"""The program under test: started, watched, measured and, where it does not end, killed."""

import contextlib
import dataclasses
import os
import resource
import select
import signal
import subprocess
import time

# Of what is printed, bytes that are kept: an endless answer must not fill the memory of the harness.
KEPT = 32 << 20


@dataclasses.dataclass(frozen=True)
class Result:
    arguments: tuple
    # Negative: the signal that ended it. None: it did not end by itself.
    code: int | None
    output: bytes
    errors: bytes
    seconds: float
    # The largest resident set, in bytes.
    memory: int

    @property
    def message(self):
        """What standard error says, as one line."""
        return " ".join(self.errors.decode(errors="replace").split())


def find(root):
    """The program: LANDFALL, or the release build."""
    path = os.path.abspath(os.environ.get("LANDFALL") or os.path.join(root, ".build/release/landfall"))
    if not os.access(path, os.X_OK):
        raise SystemExit(f"no program {path}: swift build -c release --product landfall, or set LANDFALL")
    return path


def verbs(program):
    """The names of its verbs: a harness tests those that there are."""
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    lines = text.split("SUBCOMMANDS:")[1].splitlines()
    return {line.split()[0] for line in lines if line.startswith("  ") and line[2:3].strip()}


def start(command, folder, output, errors, environment=None, prepare=None):
    """In a session of its own, so that everything it starts can be ended with it."""
    variables = {**os.environ, **(environment or {})}
    return subprocess.Popen(
        command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
        start_new_session=True, preexec_fn=prepare,
    )  # fmt: skip


def run(command, folder, limit=10, environment=None, prepare=None, data=None):
    """Runs a command to its end, or for `limit` seconds; with at most `data` bytes of memory of its own.

    The memory is that of the process alone, as the kernel counts it; the kernel begins with the memory of this Python,
    which therefore stays small.
    """
    files = [os.memfd_create(name) for name in ("output", "errors")]
    try:
        begin = time.monotonic()
        process = start(command, folder, *files, environment, prepare)
        if data:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (data, data))
        ended = wait(process, limit)
        if not ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
        # The process is gone: Popen must not wait for another one with its number.
        process.returncode = os.waitstatus_to_exitcode(status)
        code = process.returncode if ended else None
        texts = [os.pread(file, KEPT, 0) for file in files]
        return Result(tuple(command), code, *texts, time.monotonic() - begin, usage.ru_maxrss << 10)
    finally:
        for file in files:
            os.close(file)


def wait(process, seconds):
    """Whether it ends within `seconds`; does not take its exit code."""
    if process.returncode is not None:
        return True
    handle = os.pidfd_open(process.pid)
    try:
        watch = select.poll()
        watch.register(handle, select.POLLIN)
        return bool(watch.poll(max(0, 1000 * seconds)))
    finally:
        os.close(handle)


def signal_name(code):
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
