"""The discrete chain under replacement: numpy's multinomial against the alias table and the parent gather.

Every variant returns the heterozygosity of every path, (S, G).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness import Case, Goal, Variant

__all__ = ["cases", "multinomial"]


def multinomial(rng: np.random.Generator, seeds: int, atoms: int, n: int, generations: int) -> np.ndarray:
    """Return the heterozygosity (S, G) by one multinomial call for each generation of all paths."""
    frequency = np.full((seeds, atoms), 1 / atoms)
    out = np.empty((seeds, generations))
    for g in range(generations):
        frequency = rng.multinomial(n, frequency) / n
        out[:, g] = 1 - (frequency**2).sum(axis=1)
    return out


def ours(seeds: int, atoms: int, n: int, generations: int) -> Any:
    """Return a call of the engine by its chain."""
    from sims.processes.wright_fisher import WrightFisher
    from sims.trajectories import trajectories
    from sims.workflows.replace import Replace

    process, run = WrightFisher.uniform(atoms), {"seeds": seeds, "n": n, "generations": generations}
    return lambda: trajectories(process, Replace(), "heterozygosity", road="chain", **run)


def case(atoms: int, n: int, generations: int, theirs: int, mine: int, least: float) -> Case:
    """Return the comparison at one size, with so many seeds for numpy and for us."""
    rng = np.random.Generator(np.random.SFC64(0))
    return Case(
        f"discrete, {atoms} atoms, n={n}",
        "seed·generation",
        (
            Variant("numpy multinomial", theirs * generations, lambda: multinomial(rng, theirs, atoms, n, generations)),
            Variant("our chain", mine * generations, ours(mine, atoms, n, generations)),
        ),
        (Goal("our chain", "numpy multinomial", least),),
    )


def cases() -> list[Case]:
    """Return two atoms (an alias table of all states), and more (each label picks a parent)."""
    return [
        case(2, 100, 20, theirs=16_384, mine=262_144, least=8),
        case(10, 100, 20, theirs=2048, mine=8192, least=2.5),
        case(100, 1000, 10, theirs=512, mine=1024, least=2.5),
    ]
