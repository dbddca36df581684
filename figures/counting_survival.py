"""How long a symbol survives: Poisson counts and shares against the printed bound and the sharper ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import SINGLE_COLUMN

__all__ = ["FIGURE"]

#: Both loops expect one count in the first sample.
N, LAST = 100, 100
FAMILIES = {"poisson": ("#0072B2", "Poisson"), "bernoulli": ("#D55E00", "Bernoulli")}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import counting, discrete

    g = np.unique(np.geomspace(1, LAST, 40).astype(int))
    exact = {
        "poisson": np.array([1 - counting.poisson_extinction(N, 1 / N, int(k)) for k in g]),
        "bernoulli": np.array([1 - discrete.loss_probability(1 / N, N, int(k)) for k in g]),
    }
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.4))
    for family, (colour, words) in FAMILIES.items():
        axes.plot(g, g * exact[family], color=colour, label=f"{words}, exact")
        record = records[family]
        chosen = np.unique(np.geomspace(1, LAST, 14).astype(int)) - 1
        k, mean, half = (record[name][chosen] for name in ("generation", "mean", "half"))
        axes.errorbar(k, k * mean, k * half, fmt="o", ms=2.5, lw=0.8, color=colour)
    axes.plot(g, -g * np.expm1(-1 / g), ls="--", color="0.35", label="bound, $1 - e^{-1/k}$")
    axes.axhline(2, ls=":", lw=0.8, color="#0072B2", label="limit, 2")
    axes.set_xscale("log")
    axes.set_ylim(0.5, 2.6)
    axes.set_xlabel("generation k")
    axes.set_ylabel(r"$k\,P(\mathrm{alive\ at}\ k)$")
    axes.set_title(r"$\lambda = n p = 1$, $n = 100$", loc="left")
    axes.legend(loc="upper left", ncols=2, columnspacing=0.8)
    return figure


FIGURE = Figure(
    id="counting-survival",
    title="A rare symbol dies like 2/k, not exponentially",
    caption="k times the chance of being alive at k: for Poisson counts it tends to 2 n lambda, so no exponential is "
    "above the chance; the printed lower bound is short by a factor 2. A share can also win, so its curve "
    "rises for ever.",
    source="schaeffer2025, section 4.4, on Suresh et al. 2024",
    claims=("suresh2024.discrete-survival", "schaeffer2025.poisson-collapse"),
    runs={
        family: Run(
            process=f"exponential_family({family}, mean={1 / N})",
            metric="alive",
            n=N,
            generations=LAST,
            seeds=40_000,
        )
        for family in FAMILIES
    },
    draw=_draw,
)
