r"""Three phases of a fit on all data: its error grows, settles or vanishes, by the derivative L of fit and data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

LAST, N = 10_000, 20
LOOKS = {1.5: "#D55E00", 1.2: "#E69F00", 1.0: "black", 0.75: "#56B4E9", 0.5: "#0072B2", 0.0: "#009E73"}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory.location import gain_mse

    g = np.unique(np.geomspace(1, LAST, 50).astype(int))
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.8))
    for gain, colour in LOOKS.items():
        axes.plot(g, [gain_mse(gain, int(each)) for each in g], color=colour, label=f"L = {gain:g}")
    record = records["half real"]
    scaled = Record(record.words, {**record.arrays, "mean": N * record["mean"], "half": N * record["half"]})
    simulated(axes, scaled, colour=COLOURS["fresh"], label="half of each batch real", most=9)
    axes.axhline(np.pi**2 / 6, color="0.35", lw=0.7, ls=":")
    axes.annotate(r"$\pi^2/6 = 1.6449$", (350, 2.2), fontsize=6, color="0.35")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(5e-5, 3e6)
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$n\,\mathrm{E}\,\theta_g^2/\sigma^2$")
    axes.legend(loc="upper left", ncols=2)
    return figure


FIGURE = Figure(
    id="gain-phases",
    title="Not nonlinearity but the gain decides",
    caption="All data are kept; a fit that is off by e makes data that are off by L e. The error grows like "
    "g^(2(L-1)) for L > 1, tends to pi^2/6 at L = 1, and vanishes for L < 1 (like 1/g below L = 1/2). Points: a mean "
    "whose every batch is half real, which is L = 1/2.",
    source="slides-wright-lee, Toy theoretical analysis",
    claims=("wrightlee2025.nonlinear", "wrightlee2025.product"),
    runs={
        "half real": Run(
            process="location",
            workflow="fresh(accumulate, share=0.5)",
            metric="square_error",
            n=N,
            generations=60,
            seeds=20_000,
        )
    },
    draw=_draw,
)
