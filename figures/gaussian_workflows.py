"""Replace, accumulate and subsample for both estimators: who keeps the variance, who does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figures._figure import Figure, Record, Run
from figures._marks import simulated
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS = 10, 40
WORKFLOWS = {"replace": "replace", "accumulate": "accumulate", "subsample": f"subsample(accumulate, size={N})"}


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import gaussian

    g = range(1, GENERATIONS + 1)
    figure, axes = plt.subplots(1, 2, sharex=True, sharey=True, figsize=(2 * SINGLE_COLUMN, 2.3))
    for panel, estimator in zip(axes, ("unbiased", "mle"), strict=True):
        for workflow in WORKFLOWS:
            record = records[f"{workflow}-{estimator}"]
            exact = [gaussian.variance_mean(N, each, 1.0, estimator, workflow) for each in g]
            panel.plot(g, exact, color=COLOURS[workflow], label=workflow)
            simulated(panel, record, colour=COLOURS[workflow], label="", most=12)
        divisor = "N - 1" if estimator == "unbiased" else "N"
        panel.set_title(f"variance divided by ${divisor}$ ({estimator})", loc="left")
        panel.set_xlabel("generation g")
    axes[0].set_ylabel(r"$\mathrm{E}\,\sigma_g^2/\sigma^2$")
    axes[0].set_ylim(-0.05, 2.2)
    axes[1].legend(loc="upper right", title="lines: exact; points: simulated")
    return figure


FIGURE = Figure(
    id="gaussian-workflows",
    title="The estimator decides what a workflow does to the variance",
    caption="Unbiased: constant under replacement, slowly growing like g^(1/n) under accumulate-subsample. Divided "
    "by N: falling to 0 under replacement, to sin(pi/sqrt n)/(pi/sqrt n) where data accumulate. Points: simulated.",
    source="schaeffer2025, sections 2.1 and 4.1",
    runs={
        f"{name}-{estimator}": Run(
            process=f"gaussian(estimator={estimator})",
            workflow=workflow,
            metric="variance",
            n=N,
            generations=GENERATIONS,
            seeds=4_000 if name == "subsample" else 100_000,
        )
        for name, workflow in WORKFLOWS.items()
        for estimator in ("unbiased", "mle")
    },
    draw=_draw,
)
