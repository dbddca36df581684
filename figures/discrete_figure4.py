"""Until one atom is left: the printed D log N, the exact time, and times simulated at the figure's settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import WIDTH, Figure, Record, Run

__all__ = ["FIGURE"]

#: Draws a generation. The printed figure goes on to 1e5; its left panel shows N = 10 alone.
SIZES, SEEDS = (10, 30, 100, 300), 100
ATOMS = {10: "#D55E00", 1000: "#0072B2"}
#: Of the right panel: the size, and the generations whose entropy is drawn, in units of D.
DECAY, LAST = 100, 4


def _most(size: int) -> int:
    # P(T > 14 D) is below 1e-5.
    return 14 * size + 20


def _times(plt: Any, above: Any, below: Any, records: Mapping[str, Record]) -> None:
    from theory import discrete

    for atoms, colour in ATOMS.items():
        exact = np.array([discrete.collapse_time_mean(size, N=atoms) for size in SIZES])
        above.plot(SIZES, [size * math.log(atoms) for size in SIZES], ls="--", lw=0.8, color=colour)
        above.plot(SIZES, exact, color=colour, label=f"N = {atoms}")
        second = np.array([discrete.collapse_time_second_moment(size, N=atoms) for size in SIZES])
        spread = np.sqrt((second - exact**2) / SEEDS)
        means = np.array([records[f"{size}-{atoms}"]["times"].mean() for size in SIZES])
        above.errorbar(SIZES, means, WIDTH * spread, fmt="o", ms=2.5, lw=0.8, color=colour)
        below.plot(SIZES, (means - exact) / spread, "o", ms=2.5, color=colour)
        printed = np.array([size * math.log(atoms) for size in SIZES])
        below.plot(SIZES, (means - printed) / spread, "x", ms=3.5, color=colour)
    above.plot([], [], color="0.3", label=r"exact, $\sum a(p_i)$")
    above.plot([], [], ls="--", lw=0.8, color="0.3", label=r"printed, $D\,\log N$")
    above.set_xscale("log")
    above.set_yscale("log")
    above.set_ylabel("fits until one atom is left")
    above.legend(loc="upper left", ncols=2, columnspacing=0.8)
    below.axhspan(-2, 2, color="0.88", lw=0)
    below.plot([], [], "o", ms=2.5, color="0.3", label="exact")
    below.plot([], [], "x", ms=3.5, color="0.3", label="printed")
    below.set_yscale("symlog", linthresh=5)
    below.set_yticks([-50, -5, 0, 5, 50], ["-50", "-5", "0", "5", "50"])
    below.set_ylabel("pull")
    below.set_xlabel("D, draws a generation")
    below.legend(loc="lower left", ncols=2)


def _entropies(above: Any, below: Any, records: Mapping[str, Record]) -> None:
    from theory import discrete

    generations = np.unique(np.geomspace(1, LAST * DECAY, 40).astype(int))
    for atoms, colour in ATOMS.items():
        start = math.log(atoms)
        exact = np.array([discrete.entropy_mean([1 / atoms] * atoms, DECAY, int(g)) for g in generations]) / start
        paths = records[f"entropy-{atoms}"]["values"][:, generations - 1] / start
        error = paths.std(axis=0, ddof=1) / math.sqrt(SEEDS)
        above.plot(generations, exact, color=colour, label=f"N = {atoms}")
        above.errorbar(generations, paths.mean(axis=0), WIDTH * error, fmt="o", ms=2, lw=0.8, color=colour)
        seen = error > 0
        below.plot(
            generations[seen], ((paths.mean(axis=0) - exact) / np.where(seen, error, 1))[seen], "o", ms=2, color=colour
        )
    above.set_xscale("log")
    above.set_ylabel(r"$\mathrm{E}\,H[p_g]/H[p]$")
    above.set_ylim(0, 1.05)
    above.set_title(f"D = {DECAY}", loc="left")
    above.legend(loc="lower left")
    below.axhspan(-2, 2, color="0.88", lw=0)
    below.set_ylim(-5, 5)
    below.set_ylabel("pull")
    below.set_xlabel("generation g")


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    figure, axes = plt.subplots(2, 2, sharex="col", figsize=(6.6, 3.3), height_ratios=[2.4, 1])
    _times(plt, axes[0, 0], axes[1, 0], records)
    _entropies(axes[0, 1], axes[1, 1], records)
    return figure


def _uniform(atoms: int) -> str:
    return f"wright_fisher(zipf=[{atoms}, 0])"


FIGURE = Figure(
    id="discrete-figure4",
    title="Total collapse takes about 2 D fits, however many atoms there are",
    caption="Left: mean times of 100 seeds with three standard errors of the exact law; the exact mean (lines) stays "
    "below 2 D, the printed D log N (dashed) does not, and its pulls (crosses) leave the band. Right: the mean entropy "
    "over its start, exact and of 100 seeds.",
    source="schaeffer2025, figure 4",
    claims=("schaeffer2025.collapse-time", "beyond.collapse-ceiling", "beyond.entropy"),
    runs={
        f"{size}-{atoms}": Run(
            process=_uniform(atoms),
            metric="collapsed",
            n=size,
            generations=_most(size),
            seeds=SEEDS,
            kind="times",
        )
        for size in SIZES
        for atoms in ATOMS
    }
    | {
        f"entropy-{atoms}": Run(
            process=_uniform(atoms),
            metric="entropy",
            n=DECAY,
            generations=LAST * DECAY,
            seeds=SEEDS,
            kind="paths",
        )
        for atoms in ATOMS
    },
    draw=_draw,
)
