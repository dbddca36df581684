r"""How fast the weight of new data must fall: the risk settles above the exponent 1/2, at zeta(2 alpha)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]

LAST = 10_000


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory.location import zeta_pathway_limit, zeta_pathway_mse

    del records
    g = np.unique(np.geomspace(1, LAST, 60).astype(int))
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.6))
    looks = {0.0: (COLOURS["replace"], "-"), 0.4: ("#E69F00", "-"), 0.5: ("black", "--"), 0.7: ("#009E73", "-")}
    looks[1.0] = (COLOURS["accumulate"], "-")
    names = {0.0: ", replace", 0.5: ", the threshold", 1.0: ", accumulate"}
    for alpha, (colour, line) in looks.items():
        path = [zeta_pathway_mse(alpha, int(each)) for each in g]
        axes.plot(g, path, color=colour, ls=line, label=rf"$\alpha = {alpha:g}${names.get(alpha, '')}")
        if alpha > 0.5:
            limit = zeta_pathway_limit(alpha)
            axes.axhline(limit, color=colour, lw=0.7, ls=":")
            axes.annotate(rf"$\zeta({2 * alpha:g}) = {limit:.4f}$", (900, limit * 1.08), fontsize=6, color=colour)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.9, 5e3)
    axes.set_xlabel("generation g")
    axes.set_ylabel(r"$n\,\mathrm{E}\,\theta_g^2/\sigma^2$")
    axes.legend(loc="upper left")
    return figure


FIGURE = Figure(
    id="weights-pathway",
    title="The weight of new data decides, not what happens to old data",
    caption="The newest block has weight g^-alpha in the corpus. The risk of the mean is sum k^(-2 alpha): bounded by "
    "zeta(2 alpha) above alpha = 1/2, unbounded at and below it. Replace is alpha = 0, accumulate alpha = 1.",
    source="beside arulandu2024, section 4.3: the pathway to pi^2/6",
    claims=("deydonoho2024.process",),
    draw=_draw,
)
