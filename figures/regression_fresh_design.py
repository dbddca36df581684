"""Accumulated regression on new rows: how much worse than the first fit it becomes, against features per row."""

from __future__ import annotations

from collections.abc import Mapping
from math import log, pi
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

D, GENERATIONS = 3, 10
ROWS = (8, 10, 14, 20, 40)


def _ratio(x: np.ndarray, g: int) -> np.ndarray:
    """Return the risk at generation g over the first at x = (d + 1)/n: (1 - x) sum 1/(k (k - x))."""
    k = np.arange(1, g + 1)[:, None]
    return ((1 - x) / (k * (k - x))).sum(axis=0)


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from scipy import special

    x = np.linspace(0.005, 0.995, 200)
    figure, axes = plt.subplots(figsize=(1.4 * SINGLE_COLUMN, 2.6))
    limit = (1 - x) / x * (-special.psi(1 - x) - np.euler_gamma)
    axes.plot(x, limit, color="black", label="limit")
    for g, style in ((2, ":"), (GENERATIONS, "-")):
        axes.plot(x, _ratio(x, g), color=COLOURS["fresh"], ls=style, label=f"g = {g}")
    axes.axhline(pi**2 / 6, color=COLOURS["accumulate"], lw=0.8, ls="--", label=r"one design: $\pi^2/6$")
    axes.plot([0.5], [2 * log(2)], "s", ms=4, color="black", mfc="white", label=r"$2\ln 2$")
    for g, marker in ((2, "v"), (GENERATIONS, "o")):
        places = [(D + 1) / n for n in ROWS]
        first = np.array([D / (n - D - 1) for n in ROWS])
        mean, half = (np.array([records[str(n)][name][g - 1] for n in ROWS]) / first for name in ("mean", "half"))
        axes.errorbar(places, mean, half, fmt=marker, ms=2.5, lw=0.8, color=COLOURS["fresh"])
    axes.set_xlabel(r"$x = (d+1)/n$")
    axes.set_ylabel("risk over that of the first fit")
    axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.95), title=f"points: simulated, d = {D}")
    return figure


FIGURE = Figure(
    id="regression-fresh-design",
    title="New rows every generation: pi^2/6 is the worst case",
    caption="Where all rows are kept and every generation has rows of its own, the risk over that of the first fit "
    "depends on (d + 1)/n alone. It is pi^2/6 for few features, 2 ln 2 at n = 2 (d + 1), 1 as n comes near d + 1.",
    source="derived here, beside arulandu2024, eq. (6), which keeps one design",
    claims=("beyond.fresh-design",),
    runs={
        str(n): Run(
            process=f"linear(d={D}, design=fresh)",
            workflow="accumulate",
            metric="excess_risk",
            n=n,
            generations=GENERATIONS,
            seeds=20_000,
        )
        for n in ROWS
    },
    draw=_draw,
)
