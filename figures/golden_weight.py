r"""The best weight of fresh real data beside a model's own, for every ratio of the two; 1/golden ratio at 1 : 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures._figure import Figure, Record
from figures.style import COLOURS, SINGLE_COLUMN

__all__ = ["FIGURE"]


def _settled(w: np.ndarray, k: float) -> np.ndarray:
    """Return the limit of n E theta^2 at the weight w, k synthetic rows to a real one."""
    return (w**2 + (1 - w) ** 2 / k) / (1 - (1 - w) ** 2)


def _draw(plt: Any, records: Mapping[str, Record]) -> Any:
    from theory.location import optimal_weight

    del records
    w = np.linspace(0.02, 1, 200)
    figure, axes = plt.subplots(figsize=(SINGLE_COLUMN, 2.6))
    for k, colour in ((1, "black"), (4, COLOURS["accumulate"]), (20, COLOURS["subsample"])):
        axes.plot(w, _settled(w, k), color=colour, label=f"1 : {k}")
        best = optimal_weight(1, k)
        axes.plot(best, best, "o", ms=4, color=colour)
        natural = 1 / (1 + k)
        axes.plot(natural, _settled(np.array([natural]), k), "x", ms=4, color=colour)
    golden = optimal_weight(1, 1)
    axes.annotate(rf"$1/\varphi = {golden:.6f}$", (golden, golden + 0.12), ha="center", fontsize=6)
    axes.plot(w, w, color="0.35", lw=0.7, ls=":", label="risk = weight")
    axes.axhline(1, color="0.35", lw=0.7, ls="--", label="real rows alone")
    axes.set_ylim(0, 1.7)
    axes.set_xlabel("weight w of the fresh real rows")
    axes.set_ylabel(r"limit of $n\,\mathrm{E}\,\theta_g^2/\sigma^2$")
    axes.legend(loc="upper right", title="real : synthetic", title_fontsize=7, ncols=2)
    return figure


FIGURE = Figure(
    id="golden-weight",
    title="The best weight is the risk it leaves",
    caption="Each fit mixes the mean of n fresh real rows with the mean of rows of the last fit. The minima (dots) lie "
    "on the diagonal, at the golden ratio's inverse for as many synthetic as real rows; equal weight for every row "
    "(crosses) is worse.",
    source="He, Xu and Cheng 2025, abstract",
    claims=("he2025.golden", "he2025.every-ratio", "beyond.kalman"),
    draw=_draw,
)
