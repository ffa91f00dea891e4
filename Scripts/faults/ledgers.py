"""Sound ledgers of every schema and content, small enough to be damaged ten thousand times."""

import dataclasses
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import time

NETWORK = ["--set", "network.hidden=[[3]]"]
BARE = ["--set", "trajectory=~", "--set", "limit=off"]
CURVES = ["--set", "trajectory={checkpoints: [0, 25, 50], trials: [0, 3]}", "--set", "training.steps=50"]
VARIED = ["--set", "vary=[{training.learning-rate: [0.1, 0.01]}]"]
UNTIL = ["--set", "sampling.until={half-width: 0.1, at-most: 256}", "--set", "training.steps=50"]

# Of the present schema: how the program under test makes them, the last command being what continues them.
RECIPES = {
    "plain": [["inner-bias", *NETWORK, *BARE, "--set", "training.steps=50", "--trials", "60", "--block", "8"]],
    "trajectories": [
        ["inner-bias", "--set", "network.hidden=[[3],[5]]", *CURVES, "--trials", "12", "--block", "5"],
    ],
    "limits": [["ladder", *NETWORK, "--trials", "8", "--block", "4"]],
    "rule": [["inner-bias", *NETWORK, *BARE, *UNTIL]],
    "varied": [["inner-bias", *NETWORK, *BARE, *VARIED, "--set", "training.steps=50", "--trials", "10"]],
    "extended": [
        ["inner-bias", *NETWORK, *BARE, "--set", "training.steps=50", "--trials", trials, "--block", "4"]
        for trials in ("10", "23")
    ],
    # The first run is interrupted.
    "stopped": [["inner-bias", *NETWORK, *BARE, "--set", "training.steps=5000", "--trials", "60", "--block", "1"]] * 2,
}
# The last command of this one has not been given yet.
RECIPES["unfinished"] = RECIPES["stopped"]

# What continues the ledgers of Tests/Data/ledgers, by the start of their names.
OLDER = {
    "inner-bias-schema-3": [
        "inner-bias", *NETWORK, "--set", "training.steps=300", "--set", "trajectory=~", "--trials", "7",
    ],
    "inner-bias-schema-4": [
        "inner-bias", *NETWORK, "--set", "training.steps=300", "--set",
        "trajectory={checkpoints: [0, 300], trials: [0]}", "--trials", "7",
    ],
    "inner-bias": [
        "inner-bias", "--set", "network.hidden=[[3],[5]]", "--set", "training.steps=200", "--set",
        "trajectory={checkpoints: [0, 100, 200], trials: [0]}", "--trials", "20",
    ],
    "ladder-schema-6": ["ladder", *NETWORK, "--trials", "10"],
    "ladder": ["ladder", *NETWORK, "--trials", "8"],
    "rule": ["inner-bias", *NETWORK, *BARE, *UNTIL],
}  # fmt: skip

ALWAYS = ["--kernel", "baseline", "--threads", "1", "--progress", "off"]


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    path: str
    schema: int
    # The arguments of `landfall run` that continue it, without the ledger.
    command: tuple
    has_curves: bool


def older(root):
    """The ledgers of earlier versions that the tests keep."""
    for path in sorted(glob.glob(os.path.join(root, "Tests/Data/ledgers/*.landfall"))):
        name = os.path.basename(path).removesuffix(".landfall")
        command = next((OLDER[start] for start in OLDER if name.startswith(start)), None)
        if command is None:
            raise SystemExit(f"{path}: ledgers.py does not know which command continues it")
        yield sample(name, path, command)


def present(program, folder, only=None):
    """Ledgers of the present schema, made in `folder`."""
    for name, commands in RECIPES.items():
        if only not in (None, name):
            continue
        path = os.path.join(folder, f"{name}.landfall")
        if name in ("stopped", "unfinished"):
            interrupt(program, commands[0], path)
        else:
            make(program, commands[0], path)
        if name != "unfinished":
            for command in commands[1:]:
                make(program, command, path)
        yield sample(name, path, commands[-1])


def make(program, command, path):
    result = subprocess.run(
        [program, "run", *command, *ALWAYS, "-o", path], cwd=os.path.dirname(path), capture_output=True, text=True
    )
    if result.returncode != 0:
        raise SystemExit(f"landfall run {' '.join(command)}: exit {result.returncode}\n{result.stderr}")


def interrupt(program, command, path):
    """Stops the run when a part of the trials is stored; two threads may leave a gap behind it."""
    for _ in range(20):
        words = [program, "run", *command, *ALWAYS[:2], "--threads", "2", "--progress", "off", "-o", path]
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(words, cwd=os.path.dirname(path), stdout=nowhere, stderr=nowhere)
        while process.poll() is None and stored(path) == 0:
            time.sleep(0.01)
        # Not SIGINT, which shells let jobs in the background ignore.
        process.send_signal(signal.SIGTERM)
        if process.wait() == 75:
            return
        os.remove(path)
    raise SystemExit(f"landfall run {' '.join(command)}: cannot be interrupted, it ends too early")


def stored(path):
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            count = connection.execute("SELECT count(*) FROM block").fetchone()[0]
        connection.close()
        return count
    except sqlite3.Error:
        return 0


def sample(name, path, command):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        schema = connection.execute("PRAGMA user_version").fetchone()[0]
        curves = connection.execute("SELECT count(*) FROM trajectory").fetchone()[0] > 0
    connection.close()
    return Sample(name, path, schema, (*command, *ALWAYS), curves)


def all_samples(program, root, folder, only=None):
    """Of every schema, as files in `folder`; the one with this name alone, if it is given."""
    for entry in older(root):
        if only not in (None, entry.name):
            continue
        copy = os.path.join(folder, f"{entry.name}.landfall")
        shutil.copyfile(entry.path, copy)
        yield dataclasses.replace(entry, path=copy)
    yield from present(program, folder, only)
