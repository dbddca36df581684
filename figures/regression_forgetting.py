"""Fewer rows than features: new rows every generation saturate where one design grows without bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, D, SIGMA, GENERATIONS = 4, 10, 0.5, 20
SIGNAL = [1, *[0] * (D - 1)]
LOOKS = {"fresh": (COLOURS["fresh"], "new rows every generation"), "fixed": (COLOURS["replace"], "one design")}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import linear

    g = np.arange(1, GENERATIONS + 1)
    figure, axes = plt.subplots(figsize=(1.4 * SINGLE_COLUMN, 2.6))
    for design, (colour, words) in LOOKS.items():
        exact = [linear.overparametrised_risk(N, D, int(each), sigma=SIGMA, design=design) for each in g]
        axes.plot(g, exact, color=colour, label=words)
        simulated(axes, records[design], colour=colour, label="")
    limit = linear.overparametrised_risk_limit(N, D, sigma=SIGMA)
    axes.axhline(limit, color="black", lw=0.7, ls="--", label="limit on new rows")
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$\mathrm{E}\,\|w_g-w\|^2$, $\|w\| = 1$")
    axes.set_title(f"n = {N} rows, d = {D} features, data replaced, noise {SIGMA}", loc="left")
    axes.legend(loc="upper left", title="lines: exact; points: simulated")
    return figure


FIGURE = Figure(
    id="regression-forgetting",
    title="Too few rows: the signal is forgotten, the risk bounded",
    caption="Least-norm fits on n < d rows, data replaced. On new rows each fit projects all older noise away with the "
    "signal, so the risk tends to a limit; on one design it grows linearly for ever.",
    source="derived here; arulandu2024, section 3.2, speaks of the setting",
    claims=("beyond.overparametrised",),
    runs={
        design: Run(
            process=f"linear(d={D}, sigma={SIGMA}, min_norm=true, design={design}, signal={SIGNAL})",
            metric="coefficient_error",
            n=N,
            generations=GENERATIONS,
            seeds=4_000,
        )
        for design in LOOKS
    },
    draw=_draw,
)
