#!/usr/bin/env python3
"""Steps of optimizers and schedules by PyTorch, in float64: the test data Tests/Data/optimizer-steps.json.

Every method of Landfall moves the same parameters along the same prescribed gradients, given by formulas below. Where
PyTorch has the method, PyTorch moves them. The others are moved by plain NumPy formulas, written from their papers.
`--self-test` writes PyTorch's methods from their papers too and compares.

    python3 optimizers.py --self-test
    python3 optimizers.py --output ../../Tests/Data/optimizer-steps.json

Needs torch (CPU) and numpy.
"""

import math

import numpy as np
import torch

import recording

# NAdam keeps the product of its momenta in the default type: binary32 unless told.
torch.set_default_dtype(torch.float64)

PARAMETERS = 22
STEPS = 40
RECORDED = [0, 1, 2, 3, 9, 19, 39]  # after this step n = 0, 1, ...


def initial(i):
    """The start: both signs, no number that binary32 represents exactly but 0."""
    return 0.0 if i == 21 else (-1) ** i * (0.1 + 0.07 * i)


def gradient(n, i):
    """The gradient of coordinate i at step n, a multiple of 2^-12 times a power of 2: the same number in binary32.

    Coordinates 4, 11 and 21 are always 0. Coordinate 5 is huge, 6 tiny; 7 is 0 from step 10 on, 8 up to step 10;
    9 is constant; the others swing with different periods.
    """
    if i in (4, 11, 21):
        return 0.0
    swing = ((n * (2 * i + 3) + 5 * i * i) % 31 - 15) / 16.0  # in [-15/16, 15/16]
    if i == 5:
        return swing * 2.0**30
    if i == 6:
        return swing * 2.0**-20
    if i == 7 and n >= 10 or i == 8 and n < 10:
        return 0.0
    if i == 9:
        return 0.375
    return swing


def rate(n):
    """The learning rate of step n; a multiple of 2^-12."""
    return (41 - n // 5) / 4096.0


GRADIENTS = np.array([[gradient(n, i) for i in range(PARAMETERS)] for n in range(STEPS)])
START = np.array([initial(i) for i in range(PARAMETERS)])


def by_torch(make, clipping=None):
    """The parameters after each step of the optimizer that `make` gives for a list of parameters."""
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([theta])
    states = []
    for n in range(STEPS):
        optimizer.param_groups[0]["lr"] = rate(n)
        theta.grad = torch.tensor(GRADIENTS[n], dtype=torch.float64)
        if clipping is not None:
            torch.nn.utils.clip_grad_norm_([theta], clipping)
        optimizer.step()
        states.append(theta.detach().numpy().copy())
    return states


def by_formula(rule):
    """The parameters after each step of `rule`, a function that gives a generator of them."""
    iterates = rule()
    return [next(iterates) for _ in range(STEPS)]


# The gradients are prescribed, so "the gradient at a point" is the same at every point.


def momentum_averaged(a=0.8):
    """arXiv:2402.05155: m = a m + (1 - a) g, theta -= rate m."""
    theta, m = START.copy(), 0.0
    for n in range(STEPS):
        m = a * m + (1 - a) * GRADIENTS[n]
        theta = theta - rate(n) * m
        yield theta


def nesterov_look_ahead(a=0.8):
    """arXiv:2410.10533: the same, with a gradient that depends on where it is taken, theta - rate a m.

    Prescribed gradients would not notice the place, so to each is added a quarter of the distance to the start.
    """
    theta, m = START.copy(), 0.0
    for n in range(STEPS):
        place = theta - rate(n) * a * m
        g = GRADIENTS[n] + (place - START) / 4
        m = a * m + (1 - a) * g
        theta = theta - rate(n) * m
        yield theta


def moments(beta1, beta2):
    """n = 1, 2, ... with g and Adam's moving averages m and s."""
    m = s = 0.0
    for n in range(1, STEPS + 1):
        g = GRADIENTS[n - 1]
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        yield n, g, m, s


def amsgrad_uncorrected(beta1=0.85, beta2=0.95, epsilon=1e-6):
    """arXiv:1904.09237, algorithm 2, with epsilon."""
    theta, largest = START.copy(), 0.0
    for n, _, m, s in moments(beta1, beta2):
        largest = np.maximum(largest, s)
        theta = theta - rate(n - 1) * m / (np.sqrt(largest) + epsilon)
        yield theta


def adamax_unsmoothed(beta1=0.85, beta2=0.95):
    """arXiv:1412.6980, algorithm 2; no step where u = 0."""
    theta, u = START.copy(), np.zeros(PARAMETERS)
    for n, g, m, _ in moments(beta1, beta2):
        u = np.maximum(beta2 * u, np.abs(g))
        step = np.divide(m, u, out=np.zeros(PARAMETERS), where=u != 0)
        theta = theta - rate(n - 1) / (1 - beta1**n) * step
        yield theta


def nadam_constant(beta1=0.85, beta2=0.95, epsilon=1e-6):
    """arXiv:2410.10533; Dozat (2016) with constant momentum."""
    theta = START.copy()
    for n, g, m, s in moments(beta1, beta2):
        ahead = beta1 * m / (1 - beta1 ** (n + 1)) + (1 - beta1) * g / (1 - beta1**n)
        theta = theta - rate(n - 1) * ahead / (np.sqrt(s / (1 - beta2**n)) + epsilon)
        yield theta


def averaged_sgd(burn_in):
    """The mean of the iterates after the first floor(burn_in * STEPS) ones; up to there, the iterate."""
    theta, kept = START.copy(), []
    for n in range(STEPS):
        theta = theta - rate(n) * GRADIENTS[n]
        kept = kept + [theta] if n > int(burn_in * STEPS) else [theta]
        yield np.array([math.fsum(column) / len(kept) for column in zip(*kept)])


def delta_clipped_sgd(bound, delta):
    """delta-GClip of arXiv:2404.08624 with PyTorch's 1e-6 in the denominator."""
    theta = START.copy()
    for n in range(STEPS):
        g = GRADIENTS[n]
        theta = theta - rate(n) * min(1.0, max(delta, bound / (math.sqrt(math.fsum(g * g)) + 1e-6))) * g
        yield theta


BETAS = dict(betas=(0.85, 0.95), eps=1e-6)
NAMES = {"beta1": 0.85, "beta2": 0.95, "epsilon": 1e-6}
LR = dict(lr=1.0)  # replaced at every step

# label: method of Landfall, its hyperparameters (the others: PyTorch's defaults), clipping, iterates.
CASES = {
    "sgd": ("sgd", {}, None, lambda: by_torch(lambda p: torch.optim.SGD(p, **LR))),
    "sgd clipped": (
        "sgd", {}, {"norm": 2.0, "delta": 0.0}, lambda: by_torch(lambda p: torch.optim.SGD(p, **LR), clipping=2.0)),
    "sgd delta-clipped": (
        "sgd", {}, {"norm": 2.0, "delta": 1e-6}, lambda: by_formula(lambda: delta_clipped_sgd(2.0, 1e-6))),
    "momentum": ("momentum", {}, None, lambda: by_torch(lambda p: torch.optim.SGD(p, momentum=0.9, **LR))),
    "momentum-averaged": ("momentum-averaged", {"momentum": 0.8}, None, lambda: by_formula(momentum_averaged)),
    "nesterov": (
        "nesterov", {}, None, lambda: by_torch(lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True, **LR))),
    "nesterov-look-ahead": (
        "nesterov-look-ahead", {"momentum": 0.8}, None, lambda: by_formula(nesterov_look_ahead)),
    "adagrad": ("adagrad", {}, None, lambda: by_torch(lambda p: torch.optim.Adagrad(p, **LR))),
    "rmsprop": ("rmsprop", {}, None, lambda: by_torch(lambda p: torch.optim.RMSprop(p, **LR))),
    "rmsprop, other values": (
        "rmsprop", {"decay": 0.9, "epsilon": 1e-4}, None,
        lambda: by_torch(lambda p: torch.optim.RMSprop(p, alpha=0.9, eps=1e-4, **LR))),
    "adadelta": ("adadelta", {}, None, lambda: by_torch(lambda p: torch.optim.Adadelta(p, **LR))),
    "adam": ("adam", {}, None, lambda: by_torch(lambda p: torch.optim.Adam(p, **LR))),
    "adam, other values": ("adam", NAMES, None, lambda: by_torch(lambda p: torch.optim.Adam(p, **LR, **BETAS))),
    "adam clipped": (
        "adam", {}, {"norm": 2.0, "delta": 0.0}, lambda: by_torch(lambda p: torch.optim.Adam(p, **LR), clipping=2.0)),
    "adamw": ("adamw", {}, None, lambda: by_torch(lambda p: torch.optim.AdamW(p, **LR))),
    "adamw, other values": (
        "adamw", {**NAMES, "weight-decay": 0.5}, None,
        lambda: by_torch(lambda p: torch.optim.AdamW(p, weight_decay=0.5, **LR, **BETAS))),
    "amsgrad": ("amsgrad", {}, None, lambda: by_torch(lambda p: torch.optim.Adam(p, amsgrad=True, **LR))),
    "amsgrad, other values": (
        "amsgrad", NAMES, None, lambda: by_torch(lambda p: torch.optim.Adam(p, amsgrad=True, **LR, **BETAS))),
    "amsgrad-uncorrected": ("amsgrad-uncorrected", NAMES, None, lambda: by_formula(amsgrad_uncorrected)),
    "adamax": ("adamax", {}, None, lambda: by_torch(lambda p: torch.optim.Adamax(p, **LR))),
    "adamax, other values": (
        "adamax", NAMES, None, lambda: by_torch(lambda p: torch.optim.Adamax(p, **LR, **BETAS))),
    "adamax-unsmoothed": (
        "adamax-unsmoothed", {"beta1": 0.85, "beta2": 0.95}, None, lambda: by_formula(adamax_unsmoothed)),
    "nadam": ("nadam", {}, None, lambda: by_torch(lambda p: torch.optim.NAdam(p, **LR))),
    "nadam, other values": (
        "nadam", {**NAMES, "momentum-decay": 0.03}, None,
        lambda: by_torch(lambda p: torch.optim.NAdam(p, momentum_decay=0.03, **LR, **BETAS))),
    "nadam-constant": ("nadam-constant", NAMES, None, lambda: by_formula(nadam_constant)),
    "averaged-sgd": ("averaged-sgd", {}, None, lambda: by_formula(lambda: averaged_sgd(0))),
    "averaged-sgd, tail": (
        "averaged-sgd", {"burn-in": 0.3}, None, lambda: by_formula(lambda: averaged_sgd(0.3))),
}



def rates_of(make):
    """The learning rates of steps 0 ... 59 by the scheduler that `make` gives for an optimizer."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = make(optimizer)
    rates = []
    for _ in range(60):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


SCHEDULES = {
    "step-decay": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.6),
    "polynomial-decay": lambda o: torch.optim.lr_scheduler.PolynomialLR(o, total_iters=40, power=1.7),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=59, eta_min=0.01),
    "warm-up": lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=1 / 8, total_iters=7),
}

# For --self-test: PyTorch's methods from their papers, in the forms that PyTorch documents.


def adam_formula(beta1, beta2, epsilon, decay=0.0, largest=False):
    theta, top = START.copy(), 0.0
    for n, _, m, s in moments(beta1, beta2):
        top = np.maximum(top, s) if largest else s
        theta = theta * (1 - rate(n - 1) * decay)
        theta = theta - rate(n - 1) * (m / (1 - beta1**n)) / (np.sqrt(top / (1 - beta2**n)) + epsilon)
        yield theta


def adamax_formula(beta1=0.9, beta2=0.999, epsilon=1e-8):
    theta, u = START.copy(), 0.0
    for n, g, m, _ in moments(beta1, beta2):
        u = np.maximum(beta2 * u, np.abs(g) + epsilon)
        theta = theta - rate(n - 1) / (1 - beta1**n) * m / u
        yield theta


def nadam_formula(beta1=0.9, beta2=0.999, epsilon=1e-8, psi=0.004):
    theta, product = START.copy(), 1.0
    for n, g, m, s in moments(beta1, beta2):
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** (k * psi)) for k in (n, n + 1))
        product *= mu
        mean = ahead * m / (1 - product * ahead) + (1 - mu) * g / (1 - product)
        theta = theta - rate(n - 1) * mean / (np.sqrt(s / (1 - beta2**n)) + epsilon)
        yield theta


def sgd_formula(a=0.0, nesterov=False):
    theta, m = START.copy(), 0.0
    for n in range(STEPS):
        m = a * m + GRADIENTS[n]
        theta = theta - rate(n) * (GRADIENTS[n] + a * m if nesterov else m)
        yield theta


def squares_formula(decay, weight, epsilon):
    theta, s = START.copy(), 0.0
    for n in range(STEPS):
        s = decay * s + weight * GRADIENTS[n] ** 2
        theta = theta - rate(n) * GRADIENTS[n] / (np.sqrt(s) + epsilon)
        yield theta


def adadelta_formula(decay=0.9, epsilon=1e-6):
    theta, s, u = START.copy(), 0.0, 0.0
    for n in range(STEPS):
        s = decay * s + (1 - decay) * GRADIENTS[n] ** 2
        d = np.sqrt((u + epsilon) / (s + epsilon)) * GRADIENTS[n]
        u = decay * u + (1 - decay) * d**2
        theta = theta - rate(n) * d
        yield theta


FORMULAS = {
    "sgd": sgd_formula,
    "sgd clipped": lambda: delta_clipped_sgd(2.0, 0.0),
    "momentum": lambda: sgd_formula(0.9),
    "nesterov": lambda: sgd_formula(0.9, nesterov=True),
    "adagrad": lambda: squares_formula(1.0, 1.0, 1e-10),
    "rmsprop": lambda: squares_formula(0.99, 0.01, 1e-8),
    "adadelta": adadelta_formula,
    "adam": lambda: adam_formula(0.9, 0.999, 1e-8),
    "adamw": lambda: adam_formula(0.9, 0.999, 1e-8, decay=0.01),
    "amsgrad": lambda: adam_formula(0.9, 0.999, 1e-8, largest=True),
    "adamax": adamax_formula,
    "nadam": nadam_formula,
}


def self_test():
    failed = False
    for label, formula in FORMULAS.items():
        theirs = np.array(CASES[label][3]())
        ours = np.array(by_formula(formula))
        error = np.max(np.abs(theirs - ours) / (np.abs(theirs) + 1e-3))
        print(f"{label:20} {error:.1e}")
        failed |= not error < 1e-12
    return failed


def record():
    cases = []
    for label, (method, hyperparameters, clipping, iterates) in CASES.items():
        states = iterates()
        cases.append({
            "label": label, "method": method, "hyperparameters": hyperparameters, "clipping": clipping,
            "parameters": [states[n].tolist() for n in RECORDED],
        })
    return {
        "torch": torch.__version__, "numpy": np.__version__, "steps": STEPS, "recorded": RECORDED,
        "start": START.tolist(), "rates": [rate(n) for n in range(STEPS)],
        "gradients": GRADIENTS.tolist(), "cases": cases,
        "schedules": {name: rates_of(make) for name, make in SCHEDULES.items()},
    }


if __name__ == "__main__":
    recording.main(
        "Records steps of optimizers.", "compare PyTorch with plain formulas", self_test, record,
        [("], [", "],\n[")])
