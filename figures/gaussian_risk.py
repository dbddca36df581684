"""The risk of a refitted Gaussian and its two parts: exact, to leading order, and simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import pulls, simulated
from figures.style import SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS = 100, 200


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import gaussian

    g = np.arange(1, GENERATIONS + 1)
    total = [gaussian.w2_mean(N, int(each)) for each in g]
    centre = [gaussian.mean_mse(N, int(each)) for each in g]
    spread = [gaussian.w2_covariance_term(N, int(each)) for each in g]
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(SINGLE_COLUMN, 3.1), height_ratios=[3, 1])
    above.plot(g, 1.5 * g / N, ls=":", color="0.35", label=r"$\frac{3}{2}\,g/n$")
    for values, colour, name in (
        (total, "black", r"$\mathrm{E}\,W_2^2$"),
        (centre, "#0072B2", "mean part"),
        (spread, "#D55E00", "spread part"),
    ):
        above.plot(g, values, color=colour, label=name)
    colours = {"risk": "black", "centre": "#0072B2"}
    for name, colour in colours.items():
        simulated(above, records[name], colour=colour, label="simulated", most=12)
    handles, labels = above.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    above.legend(named.values(), named.keys(), loc="upper left", ncols=2)
    above.set_ylim(top=1.6 * total[-1])
    above.set_ylabel(r"in units of $\sigma^2$")
    above.set_title(f"n = {N}, unbiased, data replaced", loc="left")
    pulls(below, *((records[name], colour) for name, colour in colours.items()))
    below.set_xlabel("generation g")
    return figure


_LOOP = {"process": "gaussian", "workflow": "replace", "n": N, "generations": GENERATIONS, "seeds": 200_000}

FIGURE = Figure(
    id="gaussian-risk",
    title="The risk of a refitted Gaussian and its two parts",
    caption="The mean part grows for ever on the line g/n, the spread part saturates at 2: the leading order "
    "(3/2) g/n is right only while g is small against 4n. Hollow points: the tail is too heavy for their interval.",
    source="arulandu2024, section 3.1, eq. (2)",
    claims=("shumailov2023.w2-mean", "arulandu2024.w2-mean"),
    runs={"risk": Run(metric="w2", **_LOOP), "centre": Run(metric="mean_square_error", **_LOOP)},
    draw=_draw,
)
