"""Words going extinct: a Zipf vocabulary refitted on its own draws, from the first fit on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

WORDS, N, LAST, SEEDS = 300, 300, 100, 200
PROCESS = f"wright_fisher(zipf={WORDS})"
KEEP = tuple(int(g) for g in np.unique(np.geomspace(1, LAST, 24).astype(int)))


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import discrete

    p = discrete.zipf(WORDS, 1.0)
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.4))
    for workflow in ("replace", "accumulate"):
        values = records[workflow]["values"] / WORDS
        exact = [discrete.lost_symbols_mean(list(p), N, g, workflow) / WORDS for g in KEEP]
        colour = COLOURS[workflow]
        axes.plot(KEEP, exact, color=colour, label=f"{workflow}, words")
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        axes.errorbar(KEEP, values.mean(axis=0), 3 * error, fmt="o", ms=2.5, lw=0.8, color=colour)
        mass = [discrete.lost_mass_mean(list(p), N, g, workflow) for g in KEEP]
        axes.plot(KEEP, mass, ls="--", color=colour, label=f"{workflow}, mass")
    axes.set_xscale("log")
    axes.set_ylim(0, 1.4)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("generation g")
    axes.set_ylabel("share that is lost")
    axes.set_title(f"Zipf's law on {WORDS} words, n = {N}", loc="left")
    axes.legend(loc="upper left", ncols=2)
    return figure


FIGURE = Figure(
    id="discrete-words",
    title="Words are lost from the first fit on, long before total collapse",
    caption="Lines: exact share of the words that model g does not have, and their real mass; points: simulated. On "
    "accumulated data only the first fit loses words.",
    source="schaeffer2025, section 4.4",
    claims=("schaeffer2025.onset", "schaeffer2025.symbols"),
    runs={
        workflow: Run(
            process=PROCESS,
            workflow=workflow,
            metric="lost_symbols",
            n=N,
            generations=LAST,
            seeds=SEEDS,
            kind="paths",
            keep=KEEP,
        )
        for workflow in ("replace", "accumulate")
    },
    draw=_draw,
)
