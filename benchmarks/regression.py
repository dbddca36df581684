"""Regression refitted on its own labels, d = 50 and n = 200: numpy's lstsq against the laws of what it computes.

Every variant returns the excess risk of every path, (S, G). Each path has a design of its own; where the design is
kept, making and factoring it is part of the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness import Case, Goal, Variant

__all__ = ["cases", "lstsq"]

D, N, G = 50, 200, 50


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


def ours(workflow: str, design: str, road: str, seeds: int) -> Any:
    """Return a call of the engine."""
    from sims.catalog import make_workflow
    from sims.processes.linear import Linear
    from sims.trajectories import trajectories

    loop = Linear(d=D, design=design), make_workflow(workflow), "excess_risk"
    return lambda: trajectories(*loop, seeds=seeds, n=N, generations=G, road=road)


def cases() -> list[Case]:
    """Return the kept design, and the fresh ones."""
    rng = np.random.Generator(np.random.SFC64(0))

    def variant(name: str, workflow: str, design: str, road: str, seeds: int) -> Variant:
        return Variant(name, seeds * G, ours(workflow, design, road, seeds))

    unit = f"seed·generation, d={D}, n={N}, G={G}"
    loop = Variant("numpy lstsq loop", 2 * G, lambda: lstsq(rng, 2, D, N, G, "fixed"))
    return [
        Case(
            "regression, kept design",
            unit,
            (
                loop,
                variant("our chain", "replace", "fixed", "chain", 512),
                variant("our accumulate law", "accumulate", "fixed", "law", 512),
            ),
            (Goal("our chain", "numpy lstsq loop", 200),),
        ),
        Case(
            "regression, fresh designs",
            unit,
            (
                loop,
                variant("our accumulate law", "accumulate", "fresh", "law", 16),
                variant("our replace law", "replace", "fresh", "law", 16),
                variant("our t step", "replace", "fresh", "chain", 4096),
            ),
            (Goal("our accumulate law", "numpy lstsq loop", 5), Goal("our t step", "our replace law", 50)),
        ),
    ]
