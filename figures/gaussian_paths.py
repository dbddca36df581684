"""Single paths of sigma_g: the mean of sigma_g^2 stays where it is while almost every path dies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS, SHOWN = 30, 400, 40


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import gaussian

    paths = 2 * records["paths"]["values"]
    g = records["paths"]["kept"]
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.4))
    axes.plot(g, np.exp(paths[:SHOWN]).T, color=COLOURS["replace"], lw=0.4, alpha=0.35)
    axes.plot(g, np.ones_like(g), color="black", label=r"$\mathrm{E}\,\sigma_g^2$, exact: 1 for ever")
    median = np.exp(np.quantile(paths, 0.5, axis=0))
    axes.plot(g, median, color="black", ls="--", label="median, simulated")
    typical = [np.exp(2 * gaussian.log_sd_mean(N, int(each))) for each in g]
    axes.plot(g, typical, color="#0072B2", label=r"$\exp\,\mathrm{E}\ln\sigma_g^2$, exact")
    axes.set_yscale("log")
    axes.set_ylim(1e-10, 30)
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$\sigma_g^2/\sigma^2$")
    axes.set_title(f"n = {N}, unbiased, data replaced: {SHOWN} paths", loc="left")
    axes.legend(loc="lower left")
    return figure


FIGURE = Figure(
    id="gaussian-paths",
    title="The average is fine, almost every path dies",
    caption="The expected variance is constant for ever, carried by ever rarer large paths; the typical path falls "
    "by exp(digamma((n-1)/2) - ln((n-1)/2)) a generation.",
    source="schaeffer2025, section 2.1",
    runs={
        "paths": Run(
            process="gaussian",
            workflow="replace",
            metric="log_sd",
            n=N,
            generations=GENERATIONS,
            seeds=4000,
            kind="paths",
        )
    },
    draw=_draw,
)
