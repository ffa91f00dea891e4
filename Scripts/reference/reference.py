#!/usr/bin/env python3
"""Independent NumPy reference of trial training.

Trains shallow ReLU networks N(x) = c + sum_j v_j max(w_j x + b_j, 0) on [0, 1] by plain mini-batch stochastic gradient
descent and records the exact population risk at the end. It shares nothing with Landfall: not the random numbers, not
the kernels, not the quadrature. What the two must share is the *distribution* of the final risk over random
initializations and batches; compare.py tests that.

    python3 reference.py --self-test
    python3 reference.py --networks 400 --output ../../Tests/Data/reference-risks.json
    python3 reference.py --case inner-bias:5 --recompute 17

The two studies follow arXiv:2212.13111, section 4. Everything is float64.
"""

import argparse
import json
import os
import platform
import sys
import time

# One BLAS thread: the products are small, and the machine may be shared. Must precede the import of numpy.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

BATCH_SIZE = 1024
STEPS = 10_000
DEFAULT_SEED = 20260611
# Batches are drawn this many steps at a time; the stream of numbers does not depend on it.
STEPS_PER_DRAW = 100


class InnerBias:
    """ReLU 1-h-1, only the inner biases trained; target x^4 sin x."""

    name = "inner-bias"
    number = 2  # enters the seed of every network
    trains_all = False

    @staticmethod
    def target(x):
        return x**4 * np.sin(x)

    @staticmethod
    def initial(h, rng):
        """w, v = h^(-4/15) |N(0,1)|; b, c = h^(-9/10) N(0,1)."""
        weight_scale, bias_scale = h ** (-4 / 15), h ** (-9 / 10)
        w = weight_scale * np.abs(rng.standard_normal(h))
        b = bias_scale * rng.standard_normal(h)
        v = weight_scale * np.abs(rng.standard_normal(h))
        c = bias_scale * rng.standard_normal()
        return w, b, v, c

    @staticmethod
    def rate(i):
        """Learning rate of step i = 0, 1, ..."""
        return 0.1 * 2.0 ** -((i + 1) // 500)


class ShallowHe:
    """ReLU 1-h-1, all parameters trained from He normal weights and zero biases; target x^2 + 2x."""

    name = "shallow-he"
    number = 4
    trains_all = True

    @staticmethod
    def target(x):
        return x**2 + 2 * x

    @staticmethod
    def initial(h, rng):
        """He normal: variance 2 / fan-in, so sd sqrt(2) inside and sqrt(2/h) outside."""
        w = np.sqrt(2.0) * rng.standard_normal(h)
        v = np.sqrt(2.0 / h) * rng.standard_normal(h)
        return w, np.zeros(h), v, 0.0

    @staticmethod
    def rate(i):
        return 0.01


STUDIES = {study.name: study for study in (InnerBias, ShallowHe)}
CASES = [("inner-bias", 5), ("inner-bias", 20), ("shallow-he", 32)]


def realization(parameters, x):
    """N at the points x (any shape)."""
    w, b, v, c = parameters
    return np.maximum(np.multiply.outer(x, w) + b, 0.0) @ v + c


def batch_loss(target, parameters, x):
    """Mean of (N - f)^2 over a batch."""
    return np.mean((realization(parameters, x) - target(x)) ** 2)


def kinks(parameters):
    """The distinct kinks -b_j / w_j strictly inside (0, 1), ascending."""
    w, b, _, _ = parameters
    t = -b[w != 0] / w[w != 0]
    return np.unique(t[(t > 0) & (t < 1)])


GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(20)


def risk(target, parameters):
    """Population risk int_0^1 (N - f)^2 dx: 20 Gauss-Legendre nodes on every cell between neighbouring kinks, where N
    is affine and the integrand analytic."""
    edges = np.concatenate(([0.0], kinks(parameters), [1.0]))
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    x = middle[:, None] + half[:, None] * GAUSS_NODES
    r = realization(parameters, x) - target(x)
    return float(np.sum(half * (r**2 @ GAUSS_WEIGHTS)))


class BatchGradient:
    """The mini-batch gradient for one width and batch size; owns the work arrays, which stay in cache.

    With r = N - f on the batch and 1{.} the indicator of an active neuron (relu'(0) = 0):
      dL/db_j = 2/B v_j sum_k r_k 1{w_j x_k + b_j > 0}        dL/dv_j = 2/B sum_k r_k max(w_j x_k + b_j, 0)
      dL/dw_j = 2/B v_j sum_k r_k x_k 1{w_j x_k + b_j > 0}    dL/dc   = 2/B sum_k r_k
    """

    def __init__(self, h, batch):
        self.z = np.empty((h, batch))
        self.positive = np.empty((h, batch), dtype=bool)
        self.active = np.empty((h, batch))
        self.moments = np.empty((batch, 2))
        self.scale = 2.0 / batch

    def residual(self, parameters, x, fx):
        """r on the batch; leaves activity in self.active and max(z, 0) in self.z."""
        w, b, v, c = parameters
        np.multiply(w[:, None], x, out=self.z)
        self.z += b[:, None]
        np.greater(self.z, 0.0, out=self.positive)
        np.copyto(self.active, self.positive)
        np.maximum(self.z, 0.0, out=self.z)
        return v @ self.z + c - fx

    def inner_biases(self, parameters, x, fx):
        """The gradient with respect to b only."""
        r = self.residual(parameters, x, fx)
        return self.scale * parameters[2] * (self.active @ r)

    def all(self, parameters, x, fx):
        """The gradient with respect to (w, b, v, c)."""
        r = self.residual(parameters, x, fx)
        self.moments[:, 0] = r
        self.moments[:, 1] = r * x
        sums = self.active @ self.moments
        v = parameters[2]
        gw, gb = self.scale * v * sums[:, 1], self.scale * v * sums[:, 0]
        return gw, gb, self.scale * (self.z @ r), self.scale * r.sum()


def generators(study, h, seed, network):
    """Two independent generators of one network, for its initialization and for its batches. They depend on nothing but
    the arguments, so any network can be recomputed alone."""
    seeds = (np.random.SeedSequence(seed, spawn_key=(study.number, h, network, purpose)) for purpose in (0, 1))
    return tuple(np.random.Generator(np.random.PCG64(sequence)) for sequence in seeds)


def train(study, h, seed, network, steps=STEPS, batch=BATCH_SIZE):
    """The parameters (w, b, v, c) of one network after training."""
    initial_rng, batch_rng = generators(study, h, seed, network)
    w, b, v, c = study.initial(h, initial_rng)
    gradient = BatchGradient(h, batch)
    for first in range(0, steps, STEPS_PER_DRAW):
        xs = batch_rng.random((min(STEPS_PER_DRAW, steps - first), batch))
        fxs = study.target(xs)
        for k in range(len(xs)):
            rate = study.rate(first + k)
            if study.trains_all:
                gw, gb, gv, gc = gradient.all((w, b, v, c), xs[k], fxs[k])
                w -= rate * gw
                b -= rate * gb
                v -= rate * gv
                c -= rate * gc
            else:
                b -= rate * gradient.inner_biases((w, b, v, c), xs[k], fxs[k])
    return w, b, v, c


def final_risk(study, h, seed, network):
    """The exact risk of one trained network; infinite if training overflowed."""
    value = risk(study.target, train(study, h, seed, network))
    return value if np.isfinite(value) else float("inf")


def write_results(path, command, cases):
    """Write the stored risks; reals with 17 significant digits, which name a float64 uniquely."""
    for _, _, _, risks in cases:
        if not np.all(np.isfinite(risks)):
            raise SystemExit("a trained network has an infinite risk: JSON has no number for it, nothing is written")
    head = {
        "about": "Final population risks int_0^1 (N - f)^2 dx of independently initialized and independently trained "
        "networks, from the NumPy reference in Scripts/reference (float64, 10000 steps, batches of 1024). Sorted.",
        "how": command,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    body = []
    for study, h, seed, risks in cases:
        numbers = ",\n        ".join("%.17g" % value for value in sorted(risks))
        body.append(
            '    {\n      "study": "%s",\n      "width": %d,\n      "seed": %d,\n'
            '      "risks": [\n        %s\n      ]\n    }'
            % (study, h, seed, numbers)
        )
    text = json.dumps(head, indent=2)[:-2] + ',\n  "cases": [\n' + ",\n".join(body) + "\n  ]\n}\n"
    json.loads(text)
    temporary = path + ".part"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def parse_case(text):
    name, _, width = text.partition(":")
    if name not in STUDIES or not width.isdecimal() or int(width) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not STUDY:WIDTH with STUDY one of {', '.join(STUDIES)}")
    return name, int(width)


def run(arguments):
    results = []
    command = f"python3 Scripts/reference/reference.py --networks {arguments.networks} --seed {arguments.seed}"
    if arguments.case:
        command += "".join(f" --case {name}:{h}" for name, h in arguments.case)
    for name, h in arguments.case or CASES:
        risks, start = [], time.perf_counter()
        for network in range(arguments.networks):
            risks.append(final_risk(STUDIES[name], h, arguments.seed, network))
            done = network + 1
            if done % 20 == 0 or done == arguments.networks:
                low, median, high = np.quantile(risks, [0.05, 0.5, 0.95])
                print(f"{name} width {h}: {done}/{arguments.networks}, {time.perf_counter() - start:.1f} s, "
                      f"median {median:.4e}, 5 % .. 95 % {low:.4e} .. {high:.4e}", flush=True)
        results.append((name, h, arguments.seed, risks))
    if arguments.output:
        command += f" --output {arguments.output}"
        write_results(arguments.output, command, results)
        print(f"written: {arguments.output}")


# --- self-test -------------------------------------------------------------------------------------------------------


def check(name, error, tolerance):
    print(f"{'ok  ' if error <= tolerance else 'FAIL'} {name}: {error:.2e} (at most {tolerance:.0e})")
    return error <= tolerance


def relative_gradient_error(loss, parameters, gradient, step):
    """Largest |central difference - gradient| over all coordinates, divided by the largest |gradient|."""
    flat = np.concatenate([np.atleast_1d(p) for p in parameters])
    exact = np.concatenate([np.atleast_1d(g) for g in gradient])
    h = len(parameters[0])

    def at(q):
        return loss((q[:h], q[h : 2 * h], q[2 * h : 3 * h], q[3 * h]))

    numeric = np.empty_like(flat)
    for i in range(len(flat)):
        up, down = flat.copy(), flat.copy()
        up[i] += step
        down[i] -= step
        numeric[i] = (at(up) - at(down)) / (2 * step)
    return np.max(np.abs(numeric - exact)) / np.max(np.abs(exact))


def self_test():
    """Check gradient, risk, initial laws, rates and seeding; return whether all hold."""
    # Only the self-test needs scipy.
    from scipy import integrate, stats

    passed = []
    for study, h in ((InnerBias, 5), (InnerBias, 20), (ShallowHe, 32)):
        rng = np.random.default_rng(1)
        w, b, v, c = study.initial(h, rng)
        # Zero biases put every kink at 0, where nothing can be told; shift them. c = 0 would be as special.
        parameters = (w, b + 0.3 * rng.standard_normal(h), v, c + 0.1)
        step = 1e-6
        # Keep samples off the kinks: there the loss has one-sided derivatives only.
        x = rng.random(BATCH_SIZE)
        z = np.multiply.outer(x, parameters[0]) + parameters[1]
        x = x[np.min(np.abs(z), axis=1) > 10 * step]
        engine = BatchGradient(h, len(x))
        gradient = engine.all(parameters, x, study.target(x))
        error = relative_gradient_error(lambda p: batch_loss(study.target, p, x), parameters, gradient, step)
        passed.append(check(f"{study.name}:{h} gradient, central differences on a fixed batch", error, 1e-8))
        only = engine.inner_biases(parameters, x, study.target(x))
        passed.append(check(f"{study.name}:{h} bias gradient alone", np.max(np.abs(only - gradient[1])), 1e-14))

        # A fine midpoint grid as batch approaches the population gradient, the derivative of the exact risk.
        grid = (np.arange(2**17) + 0.5) / 2**17
        gradient = BatchGradient(h, len(grid)).all(parameters, grid, study.target(grid))
        error = relative_gradient_error(lambda p: risk(study.target, p), parameters, gradient, 1e-5)
        passed.append(check(f"{study.name}:{h} gradient on a fine grid, differences of the exact risk", error, 2e-5))

        value, _ = integrate.quad(
            lambda t: (realization(parameters, t) - study.target(t)) ** 2, 0, 1,
            points=kinks(parameters), epsabs=0, epsrel=1e-13, limit=500)
        passed.append(check(f"{study.name}:{h} exact risk, adaptive quadrature",
                            abs(risk(study.target, parameters) / value - 1), 1e-11))

    # w = (1, -2), b = (-1/2, 1), v = (2, 1/3), c = 1/4: by hand, in fractions, for x^2 + 2x.
    fixed = (np.array([1.0, -2.0]), np.array([-0.5, 1.0]), np.array([2.0, 1 / 3]), 0.25)
    error = abs(risk(ShallowHe.target, fixed) * 2160 / 2227 - 1)
    passed.append(check("risk of a fixed network, 2227/2160", error, 1e-14))
    # An inactive network has the risk int f^2 = 1/5 + 1 + 4/3.
    dead = (np.array([1.0, -1.0]), np.array([-2.0, -0.5]), np.array([3.0, 4.0]), 0.0)
    error = abs(risk(ShallowHe.target, dead) * 15 / 38 - 1)
    passed.append(check("risk of an inactive network, 38/15", error, 1e-14))
    gw, gb, gv, _ = BatchGradient(2, 64).all(dead, np.linspace(0, 1, 64), np.ones(64))
    passed.append(check("gradient of inactive neurons is zero", np.max(np.abs([gw, gb, gv])), 0))
    # z = 0 on the whole batch: relu'(0) = 0.
    edge = (np.zeros(2), np.zeros(2), np.ones(2), 0.0)
    gw, gb, gv, gc = BatchGradient(2, 64).all(edge, np.linspace(0, 1, 64), np.ones(64))
    passed.append(check("relu'(0) = 0", np.max(np.abs([gw, gb, gv])) + abs(gc + 2), 1e-15))

    # The schedule halves first after 499 steps, then every 500.
    rates = [InnerBias.rate(i) for i in (0, 498, 499, 998, 999, 9999)]
    wanted = [0.1, 0.1, 0.05, 0.05, 0.025, 0.1 / 2**20]
    passed.append(check("learning rates of inner-bias", max(abs(r / q - 1) for r, q in zip(rates, wanted)), 1e-15))

    # Initial laws: Kolmogorov-Smirnov, fixed seed, false-alarm rate 1e-5 each.
    normal, half_normal = stats.norm, stats.halfnorm
    for study, h, laws in (
        (InnerBias, 20, [half_normal(scale=20 ** (-4 / 15)), normal(scale=20 ** (-9 / 10)),
                         half_normal(scale=20 ** (-4 / 15)), normal(scale=20 ** (-9 / 10))]),
        (ShallowHe, 32, [normal(scale=2**0.5), None, normal(scale=0.25), None]),
    ):
        draws = [study.initial(h, generators(study, h, 3, network)[0]) for network in range(10_000)]
        for k, law in enumerate(laws):
            sample = np.concatenate([np.atleast_1d(draw[k]) for draw in draws])
            label = f"{study.name}:{h} initial law of {'wbvc'[k]}"
            if law is None:
                passed.append(check(f"{label}, zero", np.max(np.abs(sample)), 0))
            else:
                p = stats.kstest(sample, law.cdf).pvalue
                print(f"{'ok  ' if p >= 1e-5 else 'FAIL'} {label}: p = {p:.2e} (at least 1e-05)")
                passed.append(p >= 1e-5)

    # One SGD step, written out with sums over a list; and the seeding.
    for study in (InnerBias, ShallowHe):
        h, batch = 3, 8
        initial_rng, batch_rng = generators(study, h, 9, 4)
        w, b, v, c = study.initial(h, initial_rng)
        x = batch_rng.random(batch)
        r = [c + sum(v[j] * max(w[j] * t + b[j], 0) for j in range(h)) - study.target(t) for t in x]
        on = [[float(w[j] * t + b[j] > 0) for t in x] for j in range(h)]
        rate = study.rate(0)
        nb = np.array([b[j] - rate * 2 / batch * v[j] * sum(p * q for p, q in zip(r, on[j])) for j in range(h)])
        nw, nv, nc = w, v, c
        if study.trains_all:
            nw = [w[j] - rate * 2 / batch * v[j] * sum(p * q * t for p, q, t in zip(r, on[j], x)) for j in range(h)]
            nv = [v[j] - rate * 2 / batch * sum(p * max(w[j] * t + b[j], 0) for p, t in zip(r, x)) for j in range(h)]
            nc = c - rate * 2 / batch * sum(r)
        trained = train(study, h, 9, 4, steps=1, batch=batch)
        error = max(np.max(np.abs(np.asarray(p) - q)) for p, q in zip(trained, (nw, nb, nv, nc)))
        passed.append(check(f"{study.name} one step against plain loops", error, 1e-14))
        again = train(study, h, 9, 4, steps=250, batch=batch)
        same = train(study, h, 9, 4, steps=250, batch=batch)
        other = train(study, h, 9, 5, steps=250, batch=batch)
        passed.append(check(f"{study.name} same network, same bits",
                            max(np.max(np.abs(p - q)) for p, q in zip(again, same)), 0))
        passed.append(check(f"{study.name} other network, other weights", float(np.any(again[0] == other[0])), 0))

    print(f"{sum(passed)} of {len(passed)} checks passed")
    return all(passed)


def main():
    parser = argparse.ArgumentParser(description="NumPy reference of Landfall's trial training.")
    parser.add_argument("--self-test", action="store_true", help="check this file against differences and closed forms")
    parser.add_argument("--networks", type=int, default=400, help="networks a case (default 400)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED,
                        help=f"entropy of all networks (default {DEFAULT_SEED})")
    parser.add_argument("--case", type=parse_case, action="append", metavar="STUDY:WIDTH",
                        help="a case to run, repeatable (default: inner-bias:5, inner-bias:20, shallow-he:32)")
    parser.add_argument("--output", help="JSON file for the sorted risks; without it they are only summarised")
    parser.add_argument("--recompute", type=int, metavar="INDEX",
                        help="print the risk of this network of each case and stop")
    arguments = parser.parse_args()
    if arguments.networks < 1 or arguments.seed < 0 or (arguments.recompute or 0) < 0:
        parser.error("--networks must be positive, --seed and --recompute must not be negative")
    if arguments.self_test:
        return 0 if self_test() else 1
    if arguments.recompute is not None:
        for name, h in arguments.case or CASES:
            value = final_risk(STUDIES[name], h, arguments.seed, arguments.recompute)
            print(f"{name} {h} {arguments.recompute} {value:.17g}")
        return 0
    run(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
