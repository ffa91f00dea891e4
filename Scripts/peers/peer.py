"""Trains M networks side by side the way published simulations do, with PyTorch or JAX, and times the steps.

The worker reads lines "case steps" from standard input, runs that many optimizer steps of all M networks and answers
with the seconds they took. All networks see the same batches, as in the published scripts; the first call of a case also
builds (and with JAX compiles) its step.

PyTorch: parameters carry a leading axis of M networks, layers are batched matrix products, gradients come from autograd.
JAX: one network's loss, vmap over the networks, jit, and fori_loop over the steps.
"""

import math
import sys
import time

M = 300
BATCH = 1024

# name: hidden widths, target, rule for the initial weights, biases trained only, optimizer
CASES = {
    "1-20-1 biases": ([20], "quartic-sine", "half-normal", True, "sgd"),
    "1-100-1 biases": ([100], "quartic-sine", "half-normal", True, "sgd"),
    "1-10-1": ([10], "sine", "normal", False, "sgd"),
    "1-100-1": ([100], "sine", "normal", False, "sgd"),
    "1-1000-1": ([1000], "sine", "normal", False, "sgd"),
    "1-32-1": ([32], "quadratic", "he", False, "sgd"),
    "1-50-50-1 adam": ([50, 50], "quadratic", "xavier", False, "adam"),
    "1-32-32-32-1": ([32, 32, 32], "quadratic", "he", False, "sgd"),
}
RATE = {"sgd": 0.01, "adam": 0.001}


def scales(hidden, rule):
    """Standard deviations of weights and biases, layer by layer."""
    widths = [1] + hidden + [1]
    result = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        if rule == "he":
            result.append((math.sqrt(2 / fan_in), 0.0))
        elif rule == "xavier":
            result.append((math.sqrt(2 / (fan_in + fan_out)), 0.0))
        elif rule == "half-normal":
            result.append((hidden[0] ** (-4 / 15), hidden[0] ** (-9 / 10)))
        else:
            result.append((1.0, 1.0))
    return widths, result


def torch_worker(threads):
    import torch

    torch.set_num_threads(threads)

    def target(name, x):
        if name == "quadratic":
            return x * x + 2 * x
        return torch.sin(3 * x) if name == "sine" else x**4 * torch.sin(x)

    def build(case):
        hidden, target_name, rule, biases_only, optimizer_name = CASES[case]
        widths, deviations = scales(hidden, rule)
        weights, biases = [], []
        for fan_in, fan_out, (weight, bias) in zip(widths, widths[1:], deviations):
            w = torch.randn(M, fan_in, fan_out) * weight
            weights.append(w.abs() if rule == "half-normal" else w)
            biases.append(torch.randn(M, 1, fan_out) * bias)
        trained = [biases[0]] if biases_only else weights + biases
        for parameter in trained:
            parameter.requires_grad_()
        make = torch.optim.Adam if optimizer_name == "adam" else torch.optim.SGD
        optimizer = make(trained, lr=RATE[optimizer_name])

        def run(steps):
            for _ in range(steps):
                x = torch.rand(BATCH, 1)
                y = x.expand(M, BATCH, 1)
                for w, b in zip(weights[:-1], biases[:-1]):
                    y = torch.relu(torch.baddbmm(b, y, w))
                y = torch.baddbmm(biases[-1], y, weights[-1])
                loss = ((y - target(target_name, x)) ** 2).mean(dim=(1, 2)).sum()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        return run

    return build


def jax_worker(threads):
    import jax
    import jax.numpy as jnp

    def target(name, x):
        if name == "quadratic":
            return x * x + 2 * x
        return jnp.sin(3 * x) if name == "sine" else x**4 * jnp.sin(x)

    def build(case):
        hidden, target_name, rule, biases_only, optimizer_name = CASES[case]
        widths, deviations = scales(hidden, rule)
        key = jax.random.PRNGKey(0)
        weights, biases = [], []
        for fan_in, fan_out, (weight, bias) in zip(widths, widths[1:], deviations):
            key, a, b = jax.random.split(key, 3)
            w = jax.random.normal(a, (M, fan_in, fan_out)) * weight
            weights.append(jnp.abs(w) if rule == "half-normal" else w)
            biases.append(jax.random.normal(b, (M, fan_out)) * bias)
        trained = [biases[0]] if biases_only else (weights, biases)
        rate = RATE[optimizer_name]

        def loss(trained, fixed, x):
            ws, bs = (fixed[0], [trained[0]] + fixed[1][1:]) if biases_only else trained
            y = x[:, None]
            for w, b in zip(ws[:-1], bs[:-1]):
                y = jax.nn.relu(y @ w + b)
            y = y @ ws[-1] + bs[-1]
            return jnp.mean((y[:, 0] - target(target_name, x)) ** 2)

        fixed = (weights, biases)
        gradient = jax.vmap(jax.grad(loss), in_axes=(0, 0, None))

        def step(n, state):
            parameters, m, s, key = state
            key, draw = jax.random.split(key)
            g = gradient(parameters, fixed, jax.random.uniform(draw, (BATCH,)))
            if optimizer_name == "adam":
                count = n + 1.0
                m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
                s = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, s, g)
                update = jax.tree.map(
                    lambda a, b: (a / (1 - 0.9**count)) / (jnp.sqrt(b / (1 - 0.999**count)) + 1e-8), m, s
                )
            else:
                update = g
            return jax.tree.map(lambda p, u: p - rate * u, parameters, update), m, s, key

        @jax.jit
        def steps(count, state):
            return jax.lax.fori_loop(0, count, step, state)

        zero = jax.tree.map(jnp.zeros_like, trained)
        state = [(trained, zero, zero, key)]

        def run(count):
            state[0] = jax.block_until_ready(steps(count, state[0]))

        return run

    return build


def main():
    library, threads = sys.argv[1], int(sys.argv[2])
    build = (torch_worker if library == "torch" else jax_worker)(threads)
    runs = {}
    for line in sys.stdin:
        case, steps = line.rsplit(maxsplit=1)
        if case not in runs:
            runs[case] = build(case)
            runs[case](2)
        start = time.perf_counter()
        runs[case](int(steps))
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
