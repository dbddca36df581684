"""Variance ratios over the generations for three ways of using an accumulated corpus, with their exact curves."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS, LONG = 20, 20, 50
SCHEMES = {
    "aug": ("accumulate", COLOURS["accumulate"]),
    "sub": ("subsample(accumulate)", COLOURS["subsample"]),
    "sub-repl": ("subsample(accumulate, replacement=true)", COLOURS["window"]),
}


def _exact(scheme: str, g: int) -> float:
    """Return n E theta_g^2."""
    from theory import location

    if scheme == "aug":
        return float(location.schedule_mse([N] * g))
    rule = location.subsample_mse if scheme == "sub" else location.subsample_replacement_mse
    return N * float(rule(N, g))


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import location

    figure, (left, right) = plt.subplots(1, 2, figsize=(2 * SINGLE_COLUMN, 2.5))
    g = np.arange(1, GENERATIONS + 1)
    ends = {
        "aug": pi**2 / 6,
        "sub": location.subsample_limit(N),
        "sub-repl": location.subsample_replacement_limit(N),
    }
    for scheme, (_, colour) in SCHEMES.items():
        record = records[scheme]
        left.plot(g, [_exact(scheme, int(each)) for each in g], color=colour, label=scheme)
        left.axhline(ends[scheme], color=colour, lw=0.6, ls=":")
        left.errorbar(g, N * record["mean"], N * record["half"], fmt="o", ms=2.5, lw=0.8, color=colour)
    left.set_title("over the first full fit", loc="left")
    left.set_ylabel(r"$n\,\mathrm{E}\,\theta_g^2$")
    left.set_ylim(0.8, 4.5)
    left.legend(loc="upper left", ncols=3, title="lines: exact; dotted: limits; points: simulated")
    generations = np.arange(1, LONG + 1)
    right.plot(
        generations, np.cumsum(1 / generations**2), color=COLOURS["accumulate"], label=r"$\sum_{k\leq g} k^{-2}$"
    )
    right.axhline(pi**2 / 6, color="black", lw=0.7, ls="--", label=r"$\pi^2/6$")
    scaled = Record(
        records["long"].words,
        dict(records["long"].arrays)
        | {name: records["long"][name] * 4 for name in ("mean", "half", "median", "closed_form")},
    )
    simulated(right, scaled, colour=COLOURS["accumulate"], label=r"$10^4$ paths")
    right.set_title("accumulated, regression", loc="left")
    right.set_ylabel(r"$\mathrm{E}\,\|w_g-w_*\|^2$ over the first")
    right.legend(loc="lower right")
    for panel in (left, right):
        panel.set_xlabel("generation g")
    return figure


FIGURE = Figure(
    id="regression-ratios",
    title="Accumulated, subsampled, subsampled with replacement",
    caption="Left: n = 20, exact recursions and their limits (pi^2/6, near pi^2/2 - 2, near pi^2/3). Right: "
    "with 10^4 paths a ratio is known to some per cent, and at generation k its target is the partial sum.",
    source="arulandu2024, figures 6a and 6b, at settings of our own",
    claims=("arulandu2024.sub", "arulandu2024.sub-repl", "arulandu2024.variance-ratio"),
    runs={
        scheme: Run(
            process="location",
            workflow=workflow,
            metric="square_error",
            n=N,
            generations=GENERATIONS,
            seeds=10_000 if scheme == "aug" else 4_000,
        )
        for scheme, (workflow, _) in SCHEMES.items()
    }
    | {
        "long": Run(
            # One fit has the risk 5/(26 - 6) = 1/4.
            process="linear(d=5)",
            workflow="accumulate",
            metric="excess_risk",
            n=26,
            generations=LONG,
            seeds=10_000,
        )
    },
    draw=_draw,
)
