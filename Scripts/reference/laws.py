"""Bands of distribution functions, ranks of quantiles, bets, rising and power-law fits, as test data.

    python3 Scripts/reference/laws.py > Tests/Data/laws.json

By SciPy where it has them (kstwo, binom, isotonic_regression, linregress); the bets of I. Waudby-Smith and A. Ramdas on a grid,
written from their formulas.
"""

import json

import numpy as np
import scipy.optimize
import scipy.stats as st

ALPHAS = [0.2, 0.05, 0.0125, 0.01, 1e-4, 1e-8]


def kolmogorov(d, n):
    """P(D_n < d) by powers of the whole matrix (Marsaglia, Tsang and Wang), in long double."""
    k = int(n * d) + 1
    m, h = 2 * k - 1, np.longdouble(k) - np.longdouble(n) * np.longdouble(d)
    inverse = np.ones(m + 2, dtype=np.longdouble)
    for i in range(1, m + 2):
        inverse[i] = inverse[i - 1] / i
    matrix = np.zeros((m, m), dtype=np.longdouble)
    for i in range(m):
        for j in range(min(i + 2, m)):
            matrix[i, j] = inverse[i - j + 1]
    for i in range(m):
        matrix[i, 0] -= h ** (i + 1) * inverse[i + 1]
        matrix[m - 1, i] -= h ** (m - i) * inverse[m - i]
    if h > 0.5:
        matrix[m - 1, 0] += (2 * h - 1) ** m * inverse[m]
    result, base, exponent = np.eye(m, dtype=np.longdouble), matrix / np.exp(np.longdouble(1)), n
    while exponent:
        if exponent & 1:
            result = result @ base
        base, exponent = base @ base, exponent >> 1
    logs = np.sum(np.log(np.arange(1, n + 1, dtype=np.longdouble) / n))
    return result[k - 1, k - 1] * np.exp(logs + n)


def bands():
    """SciPy's quantiles are exact up to n = 140; beyond, its cdf is an expansion that is right to about 1e-7."""
    rows = [
        {"n": n, "alpha": alpha, "halfWidth": float(st.kstwo.isf(alpha, n)), "tolerance": 1e-8 if alpha > 1e-6 else 1e-6}
        for n in (1, 2, 3, 5, 10, 37, 100) for alpha in ALPHAS
    ]
    for n in (300, 1000):
        for alpha in (0.2, 0.05, 0.0125, 1e-4):
            guess = st.kstwo.isf(alpha, n)
            root = scipy.optimize.brentq(
                lambda d: float(1 - kolmogorov(d, n)) - alpha, guess * 0.999, guess * 1.001, xtol=1e-13, rtol=1e-12)
            rows.append({"n": n, "alpha": alpha, "halfWidth": root, "tolerance": 1e-8})
    for n in (3000, 10000):
        rows.append({"n": n, "alpha": 0.05, "halfWidth": float(st.kstwo.isf(0.05, n)), "tolerance": 1e-6})
    return rows


def ranks():
    """The largest l with P(count <= l - 1) <= alpha / 2, the smallest u with P(count >= u) <= alpha / 2."""
    rows = []
    for n in (1, 10, 100, 300, 3000):
        counts = np.arange(0, n + 2)
        for p in (0.05, 0.25, 0.5, 0.95, 0.99):
            for alpha in (0.05, 0.01):
                lower = int(np.sum(st.binom.cdf(counts[:-1], n, p) <= alpha / 2))
                upper = int(counts[st.binom.sf(counts - 1, n, p) <= alpha / 2][0])
                coverage = st.binom.cdf(upper - 1, n, p) - st.binom.cdf(lower - 1, n, p)
                rows.append({"n": n, "p": p, "alpha": alpha, "ranks": [lower, upper], "coverage": float(coverage)})
    return rows


def bet_bound(x, alpha, grid):
    """The largest m of a grid up to which the capital of bets on successes has reached 1 / alpha at some time."""
    t = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.concatenate(([0.25], variance[:-1]))
    bets = np.sqrt(2 * np.log(1 / alpha) / (before * t * np.log(1 + t)))
    largest = 0.0
    for m in grid:
        capital = np.cumsum(np.log1p(np.minimum(bets, 0.5 / m) * (x - m)))
        if capital.max() >= np.log(1 / alpha):
            largest = m
        else:
            break
    return largest


def sequences():
    rng = np.random.default_rng(20261130)
    rows = []
    for n, p in ((1, 1.0), (10, 0.5), (100, 0.9), (300, 0.97), (1000, 0.2), (300, 1.0)):
        x = (rng.random(n) < p).astype(float)
        ends = []
        for side in (x, 1 - x):
            low = 0.0
            # Finer grids inside the step where the bound lies.
            for digits in range(3, 10):
                step = 10.0 ** -digits
                low = bet_bound(side, 0.025, low + step * np.arange(1, 1001)) or low
                if low == 0.0 and digits == 9:
                    break
            ends.append(low)
        rows.append({"outcomes": "".join(str(int(v)) for v in x), "alpha": 0.05, "lower": ends[0], "rest": ends[1]})
    return rows


def rising():
    rng = np.random.default_rng(7)
    rows = []
    for count in (1, 2, 5, 12):
        shares, weights = rng.random(count) + 0.1 * np.arange(count), rng.integers(1, 400, count).astype(float)
        fit = scipy.optimize.isotonic_regression(shares, weights=weights).x
        rows.append({"shares": shares.tolist(), "weights": weights.tolist(), "fit": fit.tolist()})
    return rows


def power_laws():
    rows = []
    rng = np.random.default_rng(11)
    cases = [([5.0, 10, 20, 40, 80], [2 * h ** -4 * c for h, c in zip((5, 10, 20, 40, 80), (1.1, 0.9, 1.05, 0.95, 1))])]
    cases += [(x.tolist(), (3e-4 * x ** -1.5 * np.exp(0.3 * rng.standard_normal(len(x)))).tolist())
              for x in (np.array([2.0, 3, 7]), np.arange(1.0, 41))]
    for x, y in cases:
        fit = st.linregress(np.log(x), np.log(y))
        distance = st.t.isf(0.025, len(x) - 2) * fit.stderr
        rows.append({
            "x": x, "y": y, "slope": fit.slope, "intercept": fit.intercept, "standardError": fit.stderr,
            "interval": [fit.slope - distance, fit.slope + distance],
        })
    return rows


print(json.dumps({
    "bands": bands(), "ranks": ranks(), "sequences": sequences(), "rising": rising(), "powerLaws": power_laws(),
}, default=float).replace("}, ", "},\n"))
