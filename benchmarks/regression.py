"""Regression refitted on its own labels, d = 50 and n = 200: numpy's lstsq against the laws of what it computes.

Every variant returns the excess risk of every path, (S, G). Each path has a design of its own; where the design is
kept, making and factoring it is part of the work.
"""

from __future__ import annotations

import numpy as np

from benchmarks.engine import paths
from benchmarks.harness import Case, Goal, Variant

__all__ = ["cases", "lstsq"]

D, N = 50, 200


def lstsq(rng: np.random.Generator, seeds: int, d: int, n: int, generations: int, design: str) -> np.ndarray:
    """Return the excess risk (S, G) of replacement, truth 0 and unit noise, by one least-squares call for each fit."""
    out = np.empty((seeds, generations))
    for s in range(seeds):
        w, x = np.zeros(d), rng.standard_normal((n, d))
        for g in range(generations):
            if design == "fresh" and g:
                x = rng.standard_normal((n, d))
            w = np.linalg.lstsq(x, x @ w + rng.standard_normal(n), rcond=None)[0]
            out[s, g] = w @ w
    return out


def cases() -> list[Case]:
    """Return the kept design, and the fresh ones."""
    rng = np.random.Generator(np.random.SFC64(0))
    kept, fresh = 50, 10
    loops = {
        "fixed": Variant("numpy lstsq loop", 2 * kept, lambda: lstsq(rng, 2, D, N, kept, "fixed")),
        "fresh": Variant("numpy lstsq loop", 10 * fresh, lambda: lstsq(rng, 10, D, N, fresh, "fresh")),
    }
    return [
        Case(
            f"regression, kept design, d={D}, n={N}, G={kept}",
            "seed·generation",
            (
                loops["fixed"],
                ours("our chain", "replace", "fixed", "chain", kept),
                ours("our accumulate law", "accumulate", "fixed", "law", kept),
            ),
            (Goal("our chain", "numpy lstsq loop", 200),),
        ),
        Case(
            f"regression, fresh designs, d={D}, n={N}, G={fresh}",
            "seed·generation",
            (
                loops["fresh"],
                ours("our accumulate law", "accumulate", "fresh", "law", fresh),
                ours("our replace law", "replace", "fresh", "law", fresh),
                ours("our t step", "replace", "fresh", "chain", fresh, tiles=4),
            ),
            (Goal("our accumulate law", "numpy lstsq loop", 5), Goal("our t step", "our replace law", 50)),
        ),
    ]


def ours(name: str, workflow: str, design: str, road: str, generations: int, tiles: int = 1) -> Variant:
    """Return the loop of the engine."""
    from sims.catalog import make_workflow
    from sims.processes.linear import Linear

    loop = Linear(d=D, design=design), make_workflow(workflow), "excess_risk"
    return paths(name, *loop, n=N, generations=generations, road=road, tiles=tiles)
