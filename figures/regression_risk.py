"""The risk of a refitted regression: linear growth where data are replaced, below pi^2/6 where they accumulate."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, D, GENERATIONS = 20, 5, 20


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import linear

    g = np.arange(1, GENERATIONS + 1)
    figure, (top, below) = plt.subplots(
        2, 1, sharex=True, figsize=(1.4 * SINGLE_COLUMN, 3.4), gridspec_kw={"height_ratios": [3, 1]}
    )
    one = linear.risk(N, D, 1)
    below.axhspan(-2, 2, color="0.88", lw=0)
    for workflow, record in records.items():
        exact = np.array([linear.risk(N, D, int(each), workflow=workflow) for each in g])
        top.plot(g, exact, color=COLOURS[workflow], label=f"{workflow}: exact")
        simulated(top, record, colour=COLOURS[workflow], label="")
        error = record["half"] / 3
        below.plot(g, (record["mean"] - exact) / error, "o", ms=2, color=COLOURS[workflow])
    top.axhline(one * pi**2 / 6, color="black", lw=0.7, ls="--", label=r"$\pi^2/6$ times the first")
    top.set_ylabel(r"$\mathrm{E}\,\|w_g - w_*\|_\Sigma^2$")
    top.set_yscale("log")
    top.set_title(f"n = {N} rows, d = {D} features, one design; points: simulated", loc="left")
    top.legend(loc="center right", bbox_to_anchor=(1.0, 0.42))
    below.set_ylim(-4.5, 4.5)
    below.set_ylabel("pull")
    below.set_xlabel("generation g")
    return figure


FIGURE = Figure(
    id="regression-risk",
    title="The risk of ridgeless regression on its own labels",
    caption="Replaced data: the risk is g times that of one fit. Accumulated: the sum of 1/k^2 times it, below "
    "pi^2/6 (dashed). Points: means with 99.7 % intervals; below, their distance from the exact value in standard "
    "errors.",
    source="slides-wright-lee, Theorem 2; arulandu2024, eqs. (5) and (6)",
    claims=("gerstgrasser2024.replace", "gerstgrasser2024.accumulate", "gerstgrasser2024.bound"),
    runs={
        workflow: Run(
            process=f"linear(d={D})",
            workflow=workflow,
            metric="excess_risk",
            n=N,
            generations=GENERATIONS,
            seeds=100_000,
        )
        for workflow in ("replace", "accumulate")
    },
    draw=_draw,
)
