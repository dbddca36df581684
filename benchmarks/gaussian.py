"""Gaussian refitting under replacement, n = 100: the literal loops and the chain of sufficient statistics.

Every variant returns the squared distance w2 of every path, (S, G). The goals are those that hold in float64:
the chain against numpy's own sufficient statistics, and a cost that does not depend on n.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine import paths
from benchmarks.harness import Case, Goal, Variant, optional

__all__ = ["cases", "literal", "literal_kernel", "plain", "sufficient"]

N, G = 100, 50
LANES = 4096


def plain(rng: np.random.Generator, seeds: int, n: int, generations: int) -> np.ndarray:
    """Return w2 (S, G) by one numpy call for each fit of each path."""
    out = np.empty((seeds, generations))
    for s in range(seeds):
        mean, sd = 0.0, 1.0
        for g in range(generations):
            data = rng.normal(mean, sd, n)
            mean, sd = data.mean(), data.std(ddof=1)
            out[s, g] = mean**2 + (sd - 1) ** 2
    return out


def literal(rng: np.random.Generator, seeds: int, n: int, generations: int) -> np.ndarray:
    """Return w2 (S, G) by one numpy call for each generation of all paths."""
    mean, sd = np.zeros((seeds, 1)), np.ones((seeds, 1))
    out = np.empty((seeds, generations))
    for g in range(generations):
        data = rng.standard_normal((seeds, n)) * sd + mean
        mean, sd = data.mean(axis=1, keepdims=True), data.std(axis=1, ddof=1, keepdims=True)
        out[:, g] = (mean**2 + (sd - 1) ** 2)[:, 0]
    return out


def sufficient(rng: np.random.Generator, seeds: int, n: int, generations: int) -> np.ndarray:
    """Return w2 (S, G) from a normal mean and a chi-square variance, in tiles that stay in the cache."""
    out = np.empty((seeds, generations))
    for start in range(0, seeds, LANES):
        lanes = min(LANES, seeds - start)
        mean, sd = np.zeros(lanes), np.ones(lanes)
        for g in range(generations):
            mean = mean + sd * rng.standard_normal(lanes) / np.sqrt(n)
            sd = sd * np.sqrt(2 * rng.standard_gamma((n - 1) / 2, lanes) / (n - 1))
            out[start : start + lanes, g] = mean**2 + (sd - 1) ** 2
    return out


def literal_kernel(rng: np.random.Generator, out: np.ndarray, n: int) -> None:
    """Fill w2 (S, G) by scalar loops: slow as it stands, the strongest literal reference once numba compiles it."""
    for s in range(out.shape[0]):
        mean, sd = 0.0, 1.0
        for g in range(out.shape[1]):
            total, square = 0.0, 0.0
            for _ in range(n):
                y = rng.standard_normal()
                total += y
                square += y * y
            centre = total / n
            mean += sd * centre
            sd *= np.sqrt((square - total * centre) / (n - 1))
            out[s, g] = mean * mean + (sd - 1) ** 2


def cases() -> list[Case]:
    """Return the comparison of roads, and that of sample sizes."""
    from sims.processes.gaussian import Gaussian
    from sims.workflows.replace import Replace

    rng = np.random.Generator(np.random.SFC64(0))

    def compiled(numba: Any) -> Any:
        kernel = numba.njit(literal_kernel)
        return lambda: kernel(rng, np.empty((1024, G)), N)

    def ours(name: str, road: str, n: int, tiles: int) -> Variant:
        return paths(name, Gaussian(), Replace(), "w2", n=n, generations=G, road=road, tiles=tiles)

    many = 16 * LANES
    roads = (
        Variant("numpy loop", 64 * G, lambda: plain(rng, 64, N, G)),
        Variant("numpy literal", 1024 * G, lambda: literal(rng, 1024, N, G)),
        optional("numba literal", 1024 * G, "numba", compiled),
        ours("our samples", "samples", N, 1),
        Variant("numpy sufficient", many * G, lambda: sufficient(rng, many, N, G)),
        ours("our chain", "chain", N, 16),
    )
    sizes = tuple(ours(f"chain n={n}", "chain", n, 16) for n in (100, 10_000, 20))
    unit = "seed·generation"
    return [
        Case("gaussian, n=100", unit, roads, (Goal("our chain", "numpy sufficient", 1.2),)),
        # At n = 20 the chi-square needs a longer series than from n = 100 on, so that one is shown without a goal.
        Case("gaussian, any n", unit, sizes, (Goal("chain n=10000", "chain n=100", 1.0),)),
    ]
