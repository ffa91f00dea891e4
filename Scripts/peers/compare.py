"""Times Landfall beside PyTorch and JAX on the same cases, in turn, one thread each, and prints the ratios.

usage: compare.py PROGRAM [--repetitions 5] [--seconds 1.5] [--case NAME ...]

Each repetition times PyTorch, JAX and Landfall one right after the other, so that what else the machine does hits all of
them; a ratio is taken within a repetition. Printed are the median of the ratios and their range. Needs torch and jax.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

# The cases of peer.py as built-in studies: name, study, cell, dense kernel.
CASES = [
    ("1-20-1 biases", "inner-bias", "[20]", "dense-networks"),
    ("1-100-1 biases", "inner-bias", "[100]", "dense-networks"),
    ("1-10-1", "shallow-normal", "[10]", "dense-networks"),
    ("1-100-1", "shallow-normal", "[100]", "dense-networks"),
    ("1-1000-1", "shallow-normal", "[1000]", "dense-networks"),
    ("1-32-1", "shallow-he", "[32]", "dense-networks"),
    ("1-50-50-1 adam", "deep-xavier-adam", "[50, 50]", "dense-neurons"),
    ("1-32-32-32-1", "three-layer-he", "[32, 32, 32]", "dense-neurons"),
]
NETWORKS = 300


class Peer:
    """A worker process that trains with one library."""

    def __init__(self, library, threads):
        environment = dict(os.environ)
        environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(threads)
        environment["JAX_PLATFORMS"] = "cpu"
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        command = [sys.executable, os.path.join(os.path.dirname(__file__), "peer.py"), library, str(threads)]
        # JAX has no reliable switch for one thread: a processor to itself is one.
        if threads == 1:
            command = ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[0])] + command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.steps = {}

    def seconds(self, case, steps):
        print(case, steps, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the worker {self.process.args} ended")
        return float(answer)

    def per_step(self, case, budget):
        """Seconds per network and step: the median of three trainings that take about `budget` seconds together."""
        if case not in self.steps:
            self.steps[case] = max(2, int(budget / 3 / (self.seconds(case, 3) / 3)))
        steps = self.steps[case]
        return statistics.median(self.seconds(case, steps) for _ in range(3)) / steps / NETWORKS


def landfall(program, study, cell, stream, kernel, budget):
    """The same of Landfall."""
    command = [
        "taskset", "-c", str(sorted(os.sched_getaffinity(0))[0]), program, "bench", study,
        "--set", f"network.hidden=[{cell}]", "--set", f"training.batch.stream={stream}",
        "--networks", str(NETWORKS if stream == "shared" else 32), "--seconds", str(budget / 3),
        "--repetitions", "3", "--format", "json",
    ]  # fmt: skip
    if kernel:
        command += ["--set", f"training.kernel={kernel}"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return statistics.median(result["cells"][0]["seconds"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--case", action="append")
    arguments = parser.parse_args()
    peers = {name: Peer(name, 1) for name in ("torch", "jax")}
    # name, batch stream, whether the case's dense kernel is forced
    variants = [
        ("exact, shared", "shared", False),
        ("exact, independent", "independent", False),
        ("dense, shared", "shared", True),
    ]
    print(f"microseconds per network and optimizer step, {NETWORKS} networks, batch 1024, one thread;")
    print(f"medians of {arguments.repetitions}; ratios of the peers' time to ours: median (least ... largest)\n")
    for case, study, cell, dense in CASES:
        if arguments.case and case not in arguments.case:
            continue
        times = {name: [] for name in ["torch", "jax"] + [v[0] for v in variants]}
        for _ in range(arguments.repetitions):
            for name, peer in peers.items():
                times[name].append(peer.per_step(case, arguments.seconds))
            for name, stream, is_dense in variants:
                chosen = dense if is_dense else None
                times[name].append(landfall(arguments.program, study, cell, stream, chosen, arguments.seconds))
        print(case)
        for name in ("torch", "jax"):
            print(f"  {name:20} {1e6 * statistics.median(times[name]):10.3f} us")
        for name, _, _ in variants:
            text = f"  {name:20} {1e6 * statistics.median(times[name]):10.3f} us"
            for peer in ("torch", "jax"):
                ratios = [a / b for a, b in zip(times[peer], times[name])]
                text += f"   {peer} {statistics.median(ratios):7.1f} ({min(ratios):.1f} ... {max(ratios):.1f})"
            print(text, flush=True)


if __name__ == "__main__":
    main()
