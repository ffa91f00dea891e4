"""Intervals of a proportion on a grid of (k, n, alpha), computed with mpmath at 50 digits, as test data.

    python3 Scripts/reference/intervals.py > Tests/Data/intervals.json

Ends are roots of the functions that define them, found from SciPy's quantiles on; Clopper-Pearson and Jeffreys are
compared with SciPy's beta quantiles on the way. An end without a root is 0 or 1.
"""

import json
import random
import sys

import mpmath as mp
import scipy.stats as st

mp.mp.dps = 50
ALPHAS = [0.5, 0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10]


def cases():
    rng = random.Random(20261130)
    rows = [(k, n, a) for n in (1, 2, 10, 300) for k in sorted({0, 1, n - 1, n}) for a in ALPHAS]
    while len(rows) < 500:
        n = round(10 ** rng.uniform(0.5, 6))
        k = rng.choice([0, n, min(n, rng.randrange(1, 6)), max(0, n - rng.randrange(1, 6)), rng.randrange(n + 1)])
        rows.append((k, n, rng.choice(ALPHAS)))
    return rows[:500]


def fraction(a, b, x):
    """The continued fraction of I_x(a, b) for x < (a + 1) / (a + b + 2) (NIST DLMF 8.17.22), by Lentz's method."""
    c, d = mp.mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 100000):
        for step in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 / (1 + step * d), 1 + step / c
            value *= c * d
        if abs(c * d - 1) < mp.mpf(10) ** -52:
            break
    log = a * mp.log(x) + b * mp.log(1 - x) - mp.log(a) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    return mp.exp(log) * value


def tail(a, b, x):
    """I_x(a, b)."""
    a, b = mp.mpf(a), mp.mpf(b)
    return fraction(a, b, x) if x < (a + 1) / (a + b + 2) else 1 - fraction(b, a, 1 - x)


def root(f, low, high, guess):
    """Of an increasing f in (low, high): Newton's secants inside a bracket that shrinks."""
    x0 = mp.mpf(guess)
    for shift in (mp.mpf(10) ** -9, mp.mpf(10) ** -4):
        other = x0 * (1 - shift)
        try:
            x = mp.findroot(f, (x0, other), solver="secant", tol=mp.mpf(10) ** -60, maxsteps=40)
            if isinstance(x, mp.mpf) and low <= x <= high:
                return x
        except (ValueError, ZeroDivisionError):
            pass
    low, high = mp.mpf(low), mp.mpf(high)
    for _ in range(200):
        middle = (low + high) / 2
        if f(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def lower_tail_root(f, error, guess):
    """The p with f(p) = error, f increasing from 0; in logarithms, which are closer to straight."""
    return root(lambda p: mp.log(f(p) / mp.mpf(error)) if 0 < p < 1 else mp.mpf(-1e30), 0, 1, guess)


def quantile(a, b, error):
    return lower_tail_root(lambda p: tail(a, b, p), error, st.beta.ppf(float(error), float(a), float(b)))


def lower_ends(k, n, error):
    """Of Clopper-Pearson, Jeffreys and mid-P at the error of one end; Wilson has both ends at once."""
    half = mp.mpf(1) / 2
    if k == 0:
        return dict(cp=0, jeffreys=0, midp=0)
    cp = quantile(mp.mpf(k), mp.mpf(n - k + 1), error)
    jeffreys = quantile(k + half, n - k + half, error)

    def above(p):
        return (tail(k, n - k + 1, p) + (tail(k + 1, n - k, p) if k < n else 0)) / 2

    return dict(cp=cp, jeffreys=jeffreys, midp=lower_tail_root(above, error, cp))


def wilson(k, n, error):
    z = mp.sqrt(2) * mp.erfinv(1 - 2 * mp.mpf(error))
    p, s = mp.mpf(k) / n, z * z / n
    middle, half = (p + s / 2) / (1 + s), z * mp.sqrt(p * (1 - p) / n + s / 4 / n) / (1 + s)
    return max(middle - half, mp.mpf(0)) if k else mp.mpf(0), min(middle + half, mp.mpf(1)) if k < n else mp.mpf(1)


def sequence_lower(k, n, alpha, a, b):
    if k == 0:
        return mp.mpf(0)
    constant = mp.log(mp.beta(a + k, b + n - k)) - mp.log(mp.beta(a, b)) + mp.log(mp.mpf(alpha))

    def excess(p):
        # Decreasing in p below the share: minus that.
        return -(constant - k * mp.log(p) - (n - k) * mp.log(1 - p)) if 0 < p < 1 else mp.mpf(-1e30)

    low, high = mp.mpf(0), mp.mpf(k) / n
    if k == n:
        return mp.exp(constant / n)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return root(excess, low, high, (low + high) / 2)


def main():
    rows = []
    worst = 0.0
    for k, n, alpha in cases():
        half = mp.mpf(alpha) / 2
        low, mirrored = lower_ends(k, n, half), lower_ends(n - k, n, half)
        row = dict(k=k, n=n, alpha=alpha)
        for name in ("cp", "jeffreys", "midp"):
            # Upper ends as their distance to 1, which keeps its digits.
            row[name] = [mp.nstr(mp.mpf(low[name]), 20), mp.nstr(mp.mpf(mirrored[name]), 20)]
        lower, upper = wilson(k, n, half)
        row["wilson"] = [mp.nstr(lower, 20), mp.nstr(1 - upper, 20)]
        for name, prior in (("uniform", mp.mpf(1)), ("mixture", mp.mpf(1) / 2)):
            row[name] = [mp.nstr(sequence_lower(j, n, alpha, prior, prior), 20) for j in (k, n - k)]
        row["oneSided"] = [mp.nstr(mp.mpf(lower_ends(j, n, alpha)["cp"]), 20) for j in (k, n - k)]
        if k:
            own, other = st.beta.ppf(float(half), k, n - k + 1), float(low["cp"])
            worst = max(worst, abs(own - other) / other)
        rows.append(row)
    print("largest relative difference of SciPy's Clopper-Pearson lower ends:", worst, file=sys.stderr)
    print("[" + ",\n".join(json.dumps(row) for row in rows) + "]")


main()
