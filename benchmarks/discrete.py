"""The discrete chain under replacement: numpy's multinomial against the alias table and the parent gather.

Every variant returns the heterozygosity of every path, (S, G).
"""

from __future__ import annotations

import numpy as np

from benchmarks.engine import paths
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


def case(atoms: int, n: int, generations: int, *, seeds: int, tiles: int, least: float) -> Case:
    """Return the comparison at one size, with so many seeds for numpy and tiles for us."""
    from sims.processes.wright_fisher import WrightFisher
    from sims.workflows.replace import Replace

    rng = np.random.Generator(np.random.SFC64(0))
    process, run = WrightFisher.uniform(atoms), {"n": n, "generations": generations}

    def numpys() -> np.ndarray:
        return multinomial(rng, seeds, atoms, n, generations)

    variants = (
        Variant("numpy multinomial", seeds * generations, numpys),
        paths("our chain", process, Replace(), "heterozygosity", road="chain", tiles=tiles, **run),
    )
    goal = Goal("our chain", "numpy multinomial", least)
    return Case(f"discrete, {atoms} atoms, n={n}", "seed·generation", variants, (goal,))


def cases() -> list[Case]:
    """Return two atoms (an alias table of all states), and more (each label picks a parent)."""
    return [
        case(2, 100, 20, seeds=16_384, tiles=64, least=8),
        case(10, 100, 20, seeds=2048, tiles=2, least=2.5),
        case(100, 1000, 10, seeds=512, tiles=1, least=2.5),
    ]
