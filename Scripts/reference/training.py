#!/usr/bin/env python3
"""Networks trained on data sets by PyTorch, in float64: the test data Tests/Data/trained-networks.json.

Full batches and a given start leave nothing to chance, so that parameters, risk and gradient norm at the end can be
compared number by number. A case gives its settings in the words of Landfall's study files, beside what PyTorch is to do.
`--self-test` compares PyTorch's gradients with central differences of the risk in plain NumPy.

    python3 training.py --self-test
    python3 training.py --output ../../Tests/Data/trained-networks.json

Needs torch (CPU) and numpy.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

import recording

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS = 60


def data_set(points, dimension, seed):
    """Inputs on [-1, 2]^d and labels, decimals that are the same numbers when they are read back."""
    generator = np.random.default_rng(seed)
    inputs = np.round(generator.uniform(-1, 2, (points, dimension)), 4)
    labels = np.round(np.sin(2 * inputs[:, 0]) + inputs[:, -1] ** 2 / 2 + 0.1 * generator.normal(size=points), 4)
    return inputs, labels


DATA = {"line": data_set(15, 1, 1), "plane": data_set(40, 2, 2), "ten": data_set(33, 10, 3)}

# Activations in Landfall's words: PyTorch, NumPy.
ACTIVATIONS = {
    "relu": (torch.relu, lambda z: np.maximum(z, 0)),
    "{leaky-relu: 0.2}": (lambda z: F.leaky_relu(z, 0.2), lambda z: np.where(z > 0, z, 0.2 * z)),
    "clipping": (lambda z: torch.clamp(z, 0, 1), lambda z: np.clip(z, 0, 1)),
    "logistic": (torch.sigmoid, lambda z: 1 / (1 + np.exp(-z))),
    "tanh": (torch.tanh, np.tanh),
    "softplus": (F.softplus, lambda z: np.log1p(np.exp(z))),
    "gelu": (F.gelu, lambda z: z * np.vectorize(lambda t: math.erfc(-t / math.sqrt(2)) / 2)(z)),
    "silu": (F.silu, lambda z: z / (1 + np.exp(-z))),
}


O = torch.optim
S = torch.optim.lr_scheduler


def case(data, activation, hidden, optimizer, make, rate, schedule, clipping=None, trainable=None):
    """`schedule`: the rate of step n, or the scheduler of an optimizer; `make` then has the first rate."""
    return {
        "data": data, "activation": activation, "hidden": hidden, "optimizer": optimizer, "make": make, "rate": rate,
        "schedule": schedule, "clipping": clipping, "trainable": trainable,
    }


# Frozen blocks are those that `trainable` leaves out.
CASES = {
    "sgd": case(
        "plane", "relu", [6, 5], "sgd", lambda p: O.SGD(p, lr=1), "0.05", lambda n: 0.05),
    "a rate by an expression": case(
        "ten", "{leaky-relu: 0.2}", [7], "sgd", lambda p: O.SGD(p, lr=1), "0.1 * (n + 1)^(-0.3)",
        lambda n: 0.1 * (n + 1) ** -0.3),
    "adam, cosine": case(
        "ten", "tanh", [4, 3], "adam", lambda p: O.Adam(p, lr=0.05), "{cosine: {initial: 0.05, final: 0.001}}",
        lambda o: S.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.001)),
    "momentum, warm-up, clipped": case(
        "plane", "gelu", [18], "momentum", lambda p: O.SGD(p, lr=0.04, momentum=0.9),
        "{warm-up: {steps: 10, then: {constant: 0.04}}}",
        lambda o: S.LinearLR(o, start_factor=0.1, total_iters=9), clipping={"norm": 0.5, "delta": 0.0}),
    "delta-clipped": case(
        "plane", "softplus", [5, 4], "sgd", lambda p: O.SGD(p, lr=1), "0.1", lambda n: 0.1,
        clipping={"norm": 0.05, "delta": 0.25}),
    "nesterov, step-decay, frozen blocks of three layers": case(
        "plane", "relu", [5, 4, 3], "nesterov", lambda p: O.SGD(p, lr=0.03, momentum=0.9, nesterov=True),
        "{step-decay: {initial: 0.03, factor: 0.5, every: 20}}", lambda o: S.StepLR(o, step_size=20, gamma=0.5),
        trainable=["layer-1-biases", "layer-2-weights", "layer-4-weights"]),
    "adamw, frozen first layer, clipped": case(
        "ten", "silu", [17, 5], "{adamw: {weight-decay: 0.5}}",
        lambda p: O.AdamW(p, lr=1, weight_decay=0.5), "0.02", lambda n: 0.02,
        clipping={"norm": 0.1, "delta": 0.0},
        trainable=["layer-2-weights", "layer-2-biases", "layer-3-weights", "layer-3-biases"]),
    "rmsprop": case(
        "line", "clipping", [9], "rmsprop", lambda p: O.RMSprop(p, lr=1), "0.01", lambda n: 0.01),
    "adagrad, polynomial-decay": case(
        "line", "logistic", [4, 4], "adagrad", lambda p: O.Adagrad(p, lr=0.1),
        "{polynomial-decay: {initial: 0.1, power: 2}}", lambda o: S.PolynomialLR(o, total_iters=STEPS, power=2)),
}


def shapes(settings):
    widths = [DATA[settings["data"]][0].shape[1]] + settings["hidden"] + [1]
    return [shape for fan_in, fan_out in zip(widths, widths[1:]) for shape in ((fan_out, fan_in), (fan_out,))]


def start(settings, seed):
    """Layer by layer the weights as [output][input], then the biases; decimals."""
    generator = np.random.default_rng(seed)
    blocks = [generator.normal(size=s) / (math.sqrt(s[1] / 2) if len(s) == 2 else 2) for s in shapes(settings)]
    return [np.round(block, 4) for block in blocks]


def names(settings):
    layers = len(settings["hidden"]) + 1
    return [f"layer-{layer}-{kind}" for layer in range(1, layers + 1) for kind in ("weights", "biases")]


def torch_risk(blocks, settings):
    inputs, labels = (torch.tensor(array) for array in DATA[settings["data"]])
    activation = ACTIVATIONS[settings["activation"]][0]
    values = inputs
    for i in range(0, len(blocks) - 2, 2):
        values = activation(F.linear(values, blocks[i], blocks[i + 1]))
    values = F.linear(values, blocks[-2], blocks[-1])
    return F.mse_loss(values[:, 0], labels)


def train(settings, blocks):
    """Parameters, risk and gradient norm over the trained blocks at the end, risk at the start."""
    blocks = [torch.tensor(block) for block in blocks]
    trainable = settings["trainable"]
    trained = [b for b, name in zip(blocks, names(settings)) if trainable is None or name in trainable]
    for block in trained:
        block.requires_grad_(True)
    optimizer = settings["make"](trained)
    # A schedule that has no scheduler is a function of the step.
    by_step = settings["schedule"].__code__.co_varnames[0] == "n"
    scheduler = None if by_step else settings["schedule"](optimizer)
    risks = []
    for n in range(STEPS + 1):
        optimizer.zero_grad()
        risk = torch_risk(blocks, settings)
        risk.backward()
        risks.append(risk.item())
        norm = math.sqrt(sum((block.grad**2).sum().item() for block in trained))
        if n == STEPS:
            break
        clipping = settings["clipping"]
        if clipping and clipping["delta"] == 0:
            torch.nn.utils.clip_grad_norm_(trained, clipping["norm"])
        elif clipping:
            # delta-GClip of arXiv:2404.08624 with PyTorch's 1e-6 in the denominator.
            for block in trained:
                block.grad *= min(1.0, max(clipping["delta"], clipping["norm"] / (norm + 1e-6)))
        if by_step:
            optimizer.param_groups[0]["lr"] = settings["schedule"](n)
        optimizer.step()
        if scheduler:
            scheduler.step()
    return [block.detach().numpy() for block in blocks], risks[-1], norm, risks[0]


def flat(blocks):
    return np.concatenate([block.ravel() for block in blocks])


def numpy_risk(parameters, settings):
    inputs, labels = DATA[settings["data"]]
    activation = ACTIVATIONS[settings["activation"]][1]
    values, place, blocks = inputs, 0, []
    for shape in shapes(settings):
        size = math.prod(shape)
        blocks.append(parameters[place:place + size].reshape(shape))
        place += size
    for i in range(0, len(blocks) - 2, 2):
        values = activation(values @ blocks[i].T + blocks[i + 1])
    return np.mean(((values @ blocks[-2].T + blocks[-1])[:, 0] - labels) ** 2)


def self_test():
    failed = False
    for seed, (label, settings) in enumerate(CASES.items()):
        blocks = [torch.tensor(block, requires_grad=True) for block in start(settings, seed)]
        torch_risk(blocks, settings).backward()
        gradient = flat([block.grad.numpy() for block in blocks])
        point = flat(start(settings, seed))
        differences = []
        for i in range(len(point)):
            step = 1e-6 * np.eye(len(point))[i]
            differences.append((numpy_risk(point + step, settings) - numpy_risk(point - step, settings)) / 2e-6)
        error = np.max(np.abs(gradient - differences)) / np.max(np.abs(gradient))
        print(f"{label:55} {error:.1e}")
        failed |= not error < 1e-8
    return failed


def record():
    cases = []
    for seed, (label, settings) in enumerate(CASES.items()):
        point = start(settings, seed)
        end, risk, norm, first = train(settings, point)
        print(f"{label:55} {first:.3e} -> {risk:.3e}")
        cases.append({
            "label": label, "data": settings["data"], "activation": settings["activation"],
            "hidden": settings["hidden"], "optimizer": settings["optimizer"], "learningRate": settings["rate"],
            "clipping": settings["clipping"], "trainable": settings["trainable"], "start": flat(point).tolist(),
            "end": flat(end).tolist(), "startRisk": first, "risk": risk, "gradientNorm": norm,
        })
    return {
        "torch": torch.__version__, "numpy": np.__version__, "steps": STEPS,
        "data": {name: [x.tolist() + [y] for x, y in zip(*rows)] for name, rows in DATA.items()},
        "cases": cases,
    }


if __name__ == "__main__":
    recording.main(
        "Records networks that PyTorch trains.", "compare gradients with central differences", self_test, record,
        [("], ", "],\n"), ("}, {", "},\n{")])
