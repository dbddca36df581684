r"""pi^2/6 is a limit in n: above it for the exponential mean at every n, below it for the Bernoulli mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS = 4, 30
#: Colour, v2, and the variance of a row at the real mean.
FAMILIES = {"exponential": ("#D55E00", 1.0, 1.0), "poisson": ("black", 0.0, 1.0), "bernoulli": ("#0072B2", -1.0, 0.25)}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory.counting import nef_mse

    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.6))
    g = np.arange(1, GENERATIONS + 1)
    for family, (colour, v2, spread) in FAMILIES.items():
        mean = 0.5 if family == "bernoulli" else 1.0
        exact = [N / spread * nef_mse(family, N, int(each), mean, workflow="accumulate") for each in g]
        axes.plot(g, exact, color=colour, label=rf"{family}, $v_2 = {v2:g}$")
        record, factor = records[family], N / spread
        points = {**record.arrays, "mean": factor * record["mean"], "half": factor * record["half"]}
        simulated(axes, Record(record.words, points), colour=colour, label="")
    axes.axhline(np.pi**2 / 6, color="0.35", lw=0.7, ls=":")
    axes.annotate(r"$\pi^2/6 = 1.6449$", (23, 1.66), fontsize=6, color="0.35")
    axes.set_ylim(0.95, 2.1)
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$n\,\mathrm{Var}(\hat\mu_g)/V(\mu)$")
    axes.set_title(f"n = {N} rows a generation, all data kept", loc="left")
    axes.legend(loc="lower right")
    return figure


FIGURE = Figure(
    id="families-ratio",
    title="A limit, not a bound",
    caption="The cost of a fit on all data against the first one, exactly and simulated. The exponential mean goes "
    "above pi^2/6, the Bernoulli mean stays below it, and the Poisson mean has it as its limit at every n.",
    source="arulandu2024, section 4.3",
    claims=("deydonoho2024.augment", "deydonoho2024.finite"),
    runs={
        family: Run(
            process=f"exponential_family({family})",
            workflow="accumulate",
            metric="error",
            n=N,
            generations=GENERATIONS,
            seeds=40_000,
        )
        for family in FAMILIES
    },
    draw=_draw,
)
