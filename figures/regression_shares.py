"""New real rows in an accumulated corpus: how fast the error vanishes, and the change at a share of one half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record, Run
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

N, GENERATIONS = 20, 30
SHARES = (0.0, 0.25, 0.5, 1.0)
SHADES = ("replace", "window", "subsample", "accumulate")


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory import location

    figure, (left, right) = plt.subplots(1, 2, figsize=(2 * SINGLE_COLUMN, 2.5))
    sizes = np.unique(np.round(np.geomspace(1, 1000, 40)).astype(int))
    for share, shade in zip(SHARES, SHADES, strict=True):
        record = records[f"{share:g}"]
        left.loglog(
            sizes, [location.gain_mse(1 - share, int(g)) for g in sizes], color=COLOURS[shade], label=f"p = {share:g}"
        )
        left.errorbar(
            record["generation"][::3],
            N * record["mean"][::3],
            N * record["half"][::3],
            fmt="o",
            ms=2.5,
            lw=0.8,
            color=COLOURS[shade],
        )
    left.set_xlabel("generation g")
    left.set_ylabel(r"$n\,\mathrm{E}\,\theta_g^2$")
    left.legend(loc="lower left", title="lines: exact; points: simulated")
    p = np.linspace(0, 1, 41)
    for g, style in ((10, ":"), (1000, "--"), (100_000, "-")):
        pairs = [(location.gain_mse(1 - x, g), location.gain_mse(1 - x, 2 * g)) for x in p]
        right.plot(p, [np.log2(late / soon) for soon, late in pairs], color="0.3", ls=style, label=f"g = {g}")
    right.plot(p, -np.minimum(1, 2 * p), color=COLOURS["replace"], lw=0.8, label=r"$-\min(1, 2p)$")
    right.set_xlabel("share p of new real rows")
    right.set_ylabel(r"$\log_2 v_{2g}/v_g$")
    right.legend(loc="upper right")
    return figure


FIGURE = Figure(
    id="regression-shares",
    title="A share of new real rows in an accumulated corpus",
    caption="Without real rows the error tends to pi^2/6 of a fit's variance; with a share p of new real rows it "
    "vanishes like g^-2p up to p = 1/2 and like 1/g beyond, with a logarithm at the corner. Right: local exponents.",
    source="derived here; schaeffer2025, section 4.2, speaks of the setting",
    claims=("beyond.fresh-share",),
    runs={
        f"{share:g}": Run(
            process="location",
            workflow=f"fresh(accumulate, share={share:g})",
            metric="square_error",
            n=N,
            generations=GENERATIONS,
            seeds=20_000,
        )
        for share in SHARES
    },
    draw=_draw,
)
