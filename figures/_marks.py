"""The marks that figures share: simulated means with their intervals, exact curves, the panel of pulls."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures._figure import Record

__all__ = ["exact_curve", "pulls", "simulated"]


def simulated(axes: Any, record: Record, *, colour: str, label: str = "mean", most: int = 25) -> None:
    """Draw the means of a record with their intervals, at most ``most`` of them; hollow where the tail is heavy."""
    points = slice(None, None, max(1, len(record["generation"]) // most))
    for heavy, face, words in ((False, colour, label), (True, "white", label and f"{label}, heavy tail")):
        chosen = record["heavy"][points] == heavy
        if chosen.any():
            x, y, half = (record[name][points][chosen] for name in ("generation", "mean", "half"))
            axes.errorbar(x, y, half, fmt="o", ms=2.5, lw=0.8, color=colour, mfc=face, label=words or None)


def exact_curve(axes: Any, record: Record, *, label: str = "closed form of the mean", **style: Any) -> bool:
    """Draw the closed form of a record's mean if it has one, and say whether it has."""
    known = np.isfinite(record["closed_form"]).any()
    if known:
        look = {"color": "black", "zorder": 1} | style
        axes.plot(record["generation"], record["closed_form"], label=label, **look)
    return bool(known)


def pulls(axes: Any, *series: tuple[Record, str]) -> None:
    """Draw the panel of pulls, (mean - closed form)/standard error, with the band from -2 to 2 in grey."""
    axes.axhspan(-2, 2, color="0.88", lw=0)
    reach = 3.0
    for record, colour in series:
        axes.plot(record["generation"], record["pull"], "o", ms=2, color=colour)
        reach = float(np.nanmax(np.abs(record["pull"]), initial=reach))
    axes.set_ylabel("pull")
    axes.set_ylim(-1.15 * reach, 1.15 * reach)
