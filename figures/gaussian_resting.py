"""Where the fitted mean comes to rest: Student's t with 2 degrees of freedom, whatever n is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import SINGLE_COLUMN

__all__ = ["FIGURE"]

N, LAST = 40, 800


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import gaussian

    y = np.geomspace(0.05, 60, 160)
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.4))
    for estimator, colour, words in (
        ("unbiased", "#D55E00", "$t_2$"),
        ("mle", "#0072B2", r"$t_4/\sqrt{2}$"),
    ):
        values = np.sort(np.sqrt(records[estimator]["values"][:, -1]))
        above = 1 - np.searchsorted(values, y, side="right") / len(values)
        axes.plot(y, [gaussian.resting_mean_tail(float(each), estimator) for each in y], color=colour, label=words)
        seen = above > 0
        axes.plot(y[seen][::4], above[seen][::4], "o", ms=2.5, color=colour, label=f"{estimator}, n = {N}, g = {LAST}")
    normal = np.array([gaussian.resting_tail_constant(N)]) / y**2
    axes.plot(y[y > 3], normal[y > 3], ls=":", color="0.35", label=r"exact tail, $c_n/y^2$")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(2e-4, 1.3)
    axes.set_xlabel(r"$y = |\mu_g - \mu|/\sigma$")
    axes.set_ylabel("share of paths beyond y")
    axes.legend(loc="lower left")
    return figure


FIGURE = Figure(
    id="gaussian-resting",
    title="The mean does not walk away: it comes to rest",
    caption="Every path of the mean converges; its resting place has a tail of index 2 (unbiased), so its second "
    "moment is infinite although the median distance is about 0.8 sigma.",
    source="schaeffer2025, section 2.1",
    runs={
        estimator: Run(
            process=f"gaussian(estimator={estimator})",
            workflow="replace",
            metric="mean_square_error",
            n=N,
            generations=LAST,
            seeds=20_000,
            kind="paths",
            keep=(LAST,),
        )
        for estimator in ("unbiased", "mle")
    },
    draw=_draw,
)
