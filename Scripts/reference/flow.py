#!/usr/bin/env python3
"""Gradient flows of shallow ReLU networks by SciPy, with the exact gradient of the population risk in NumPy.

N(x) = c + sum_j v_j max(w_j x + b_j, 0) on [0, 1], uniform; theta' = -grad int (N - f)^2 dx over the trained parameters.
Shares nothing with Landfall: between neighbouring kinks the integrals are those of 20 Gauss-Legendre nodes.

    python3 flow.py --self-test
    python3 flow.py --output ../../Tests/Data/flows.json
    python3 flow.py --time 5000 --tolerance 1e-6 --networks 8
"""

import os
import sys
import time

# One thread: the products are small.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from scipy.integrate import solve_ivp  # noqa: E402

import recording  # noqa: E402

TARGETS = {
    "sin(3*x)": lambda x: np.sin(3 * x),
    "x^2+2*x": lambda x: x**2 + 2 * x,
    "x^4*sin(x)": lambda x: x**4 * np.sin(x),
}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
TIMES = [0.1, 1.0, 10.0, 100.0]


class Flow:
    """The flow of one network: all parameters (w, b, v, c) in a vector, those that are trained in another."""

    def __init__(self, target, width, trains_all):
        self.target, self.h = TARGETS[target], width
        h = width
        self.trained = np.arange(3 * h + 1) if trains_all else np.arange(h, 2 * h)

    def risk_and_gradient(self, theta):
        h = self.h
        w, b, v, c = theta[:h], theta[h : 2 * h], theta[2 * h : 3 * h], theta[3 * h]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = -b / w
        t = np.sort(t[(t > 0) & (t < 1)])
        edges = np.concatenate(([0.0], t, [1.0]))
        half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
        x = (middle[:, None] + half[:, None] * NODES).ravel()
        p = (half[:, None] * WEIGHTS).ravel()
        z = np.multiply.outer(w, x) + b[:, None]
        # Within a cell all nodes are on the same side of every kink.
        active = (np.multiply.outer(w, middle) + b[:, None] > 0).repeat(len(NODES), axis=1)
        relu = np.where(active, z, 0.0)
        r = v @ relu + c - self.target(x)
        pr = p * r
        moment, mean = active @ (pr * x), active @ pr
        gradient = 2 * np.concatenate((v * moment, v * mean, relu @ pr, [pr.sum()]))
        return pr @ r, gradient

    def slope(self, theta, _time, state):
        full = theta.copy()
        full[self.trained] = state
        return -self.risk_and_gradient(full)[1][self.trained]

    def follow(self, theta, times, method, tolerance):
        """The parameters at the times, and how often the gradient was asked for."""
        solution = solve_ivp(
            lambda t, y: self.slope(theta, t, y), (0, times[-1]), theta[self.trained], method=method, t_eval=times,
            rtol=tolerance, atol=0.1 * tolerance)
        if not solution.success:
            raise SystemExit(f"{method}: {solution.message}")
        states = []
        for state in solution.y.T:
            full = theta.copy()
            full[self.trained] = state
            states.append(full)
        return states, solution.nfev


def initial(seed, width, law):
    """normal: standard normal; he: variance 2 / fan-in and biases 0; bias: h^(-4/15) |N|, b and c h^(-9/10) N."""
    rng = np.random.Generator(np.random.PCG64(seed))
    h = width
    if law == "bias":
        weights, biases = h ** (-4 / 15), h ** (-9 / 10)
        return np.concatenate((
            weights * np.abs(rng.standard_normal(h)), biases * rng.standard_normal(h),
            weights * np.abs(rng.standard_normal(h)), [biases * rng.standard_normal()]))
    theta = rng.standard_normal(3 * h + 1)
    if law == "he":
        theta[:h] *= np.sqrt(2)
        theta[h : 2 * h] = 0
        theta[2 * h : 3 * h] *= np.sqrt(2 / h)
        theta[3 * h] = 0
    return theta


# Target, width, law, whether all parameters are trained (otherwise the inner biases), seed.
CASES = [
    ("sin(3*x)", 10, "normal", True, 1), ("sin(3*x)", 3, "normal", True, 2), ("x^2+2*x", 16, "he", True, 3),
    ("x^4*sin(x)", 20, "bias", False, 4), ("x^4*sin(x)", 100, "bias", False, 5),
]


def record():
    flows = []
    for target, width, law, trains_all, seed in CASES:
        flow = Flow(target, width, trains_all)
        theta = initial(seed, width, law)
        states, _ = flow.follow(theta, TIMES, "DOP853", 1e-12)
        check, _ = flow.follow(theta, TIMES, "DOP853", 1e-11)
        risks = [flow.risk_and_gradient(state)[0] for state in states]
        flows.append({
            "target": target, "width": width, "trained": "all" if trains_all else "inner-biases",
            "initial": theta.tolist(), "times": TIMES, "risks": risks,
            "parameters": [state.tolist() for state in states],
            # How far the parameters move when the tolerance is ten times as large.
            "uncertainty": [float(np.max(np.abs(a - b))) for a, b in zip(states, check)],
        })
    return {"about": "flow.py: DOP853, rtol 1e-12, atol 1e-13; parameters w, b, v, c", "flows": flows}


def self_test():
    """The gradient against central differences of the risk."""
    worst = 0.0
    for target, width, law, trains_all, seed in CASES:
        flow = Flow(target, width, trains_all)
        theta = initial(seed, width, law)
        gradient = flow.risk_and_gradient(theta)[1]
        for k in range(len(theta)):
            step = 1e-6
            there, back = theta.copy(), theta.copy()
            there[k] += step
            back[k] -= step
            difference = (flow.risk_and_gradient(there)[0] - flow.risk_and_gradient(back)[0]) / (2 * step)
            worst = max(worst, abs(difference - gradient[k]) / max(1, np.max(np.abs(gradient))))
    print(f"largest difference to central differences: {worst:.1e}")
    return 0 if worst < 1e-7 else 1


def measure(end, tolerance, networks):
    """Prints the seconds that SciPy takes for a flow of width 10 from a standard normal start, sin(3 x)."""
    flow = Flow("sin(3*x)", 10, True)
    for method in ["LSODA", "DOP853"]:
        start = time.perf_counter()
        calls = 0
        for seed in range(networks):
            calls += flow.follow(initial(seed, 10, "normal"), [end], method, tolerance)[1]
        seconds = (time.perf_counter() - start) / networks
        print(f"{method}: {seconds:.4g} s and {calls / networks:.0f} gradients a flow")


if __name__ == "__main__":
    if "--time" in sys.argv:
        values = dict(zip(sys.argv[1::2], sys.argv[2::2]))
        measure(float(values["--time"]), float(values.get("--tolerance", "1e-6")), int(values.get("--networks", "4")))
    else:
        recording.main(__doc__, "the gradient with central differences", self_test, record, [('{"target"', '\n{"target"')])
