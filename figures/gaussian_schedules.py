"""Sample sizes that grow: collapse and divergence stop together, exactly where the sum of 1/n_g converges."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import SINGLE_COLUMN

__all__ = ["FIGURE"]

FIRST, GENERATIONS = 20, 200


def _sizes(rule: Callable[[int], float]) -> list[int]:
    return [math.ceil(FIRST * rule(g)) for g in range(1, GENERATIONS + 1)]


#: Sizes by generation, the workflow that has them, the words for them and a colour.
SCHEDULES = {
    "constant": (_sizes(lambda g: 1), "replace", "$n$ constant", "#D55E00"),
    "linear": (_sizes(lambda g: g), "schedule(replace, power=1)", "$n g$", "#E69F00"),
    "superlinear": (
        _sizes(lambda g: g * (1 + math.log(g))),
        f"schedule(replace, sizes={_sizes(lambda g: g * (1 + math.log(g)))})",
        r"$n g (1 + \ln g)$",
        "#009E73",
    ),
    "square": (_sizes(lambda g: g**2), "schedule(replace, power=2)", "$n g^2$", "#0072B2"),
}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import gaussian

    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.4))
    for name, (sizes, _, words, colour) in SCHEDULES.items():
        g = range(1, GENERATIONS + 1)
        axes.plot(g, [gaussian.w2_mean(sizes[:each], each) for each in g], color=colour, label=words)
        simulated(axes, records[name], colour=colour, label="", most=8)
    limit = gaussian.w2_mean_power_limit(FIRST, 2.0)
    axes.axhline(limit, color="#0072B2", ls=":", lw=0.8, label=r"limit of $n g^2$")
    axes.set_yscale("log")
    axes.set_ylim(0.05, 150)
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$\mathrm{E}\,W_2^2/\sigma^2$")
    axes.set_title(f"unbiased, data replaced, n = {FIRST}", loc="left")
    axes.legend(loc="upper left", ncols=2)
    return figure


FIGURE = Figure(
    id="gaussian-schedules",
    title="The risk is bounded exactly where the sum of 1/n_g converges",
    caption="Sizes n g^2 stop the divergence, n g does not, and n g (1 + ln g) does not either although it grows "
    "faster than linearly. Lines: exact; points: simulated.",
    source="arulandu2024, section 3.1",
    runs={
        name: Run(process="gaussian", workflow=workflow, metric="w2", n=FIRST, generations=GENERATIONS, seeds=20_000)
        for name, (_, workflow, _, _) in SCHEDULES.items()
    },
    draw=_draw,
)
