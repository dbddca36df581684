"""One simulated loop from its record: the mean with its interval, the median, the closed form, and the pull."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import numpy as np

from figures.style import COLOURS, SINGLE_COLUMN, house_style, save
from groundwork.errors import BadInput

__all__ = ["curves", "draw"]

#: The half-width, in standard errors, of the intervals that are drawn (99.7 %).
WIDTH = 3.0


def curves(folder: pathlib.Path) -> dict[str, Any]:
    """Return the arrays behind the figure: generation, mean, half, median, closed_form, pull, heavy.

    The pull is (mean - closed form) over the standard error of the mean, NaN where one of them is missing. Where
    the tail is too heavy for a normal interval to be believed (``heavy``) the point is drawn hollow.
    """
    path = folder / "record.json"
    if not path.is_file():
        raise BadInput("folder", str(folder), "the folder of a record: one with record.json in it")
    record = json.loads(path.read_text())
    columns = {
        name: np.array([np.nan if row[name] is None else row[name] for row in record["rows"]], np.float64)
        for name in ("generation", "mean", "median", "closed_form")
    }
    with np.load(folder / "summary.npz", allow_pickle=False) as arrays:
        count, m2 = arrays["count"], arrays["m2"]
    error = np.sqrt(m2 / np.maximum(count - 1, 1) / np.maximum(count, 1))
    distance = columns["mean"] - columns["closed_form"]
    pull = np.divide(distance, error, out=np.full_like(error, np.nan), where=error > 0)
    heavy = np.array([not row["normal_enough"] for row in record["rows"]])
    arrays = columns | {"half": WIDTH * error, "pull": pull, "heavy": heavy}
    return arrays | {"title": record["title"], "metric": record["metric"]}


def draw(folder: pathlib.Path) -> pathlib.Path:
    """Draw the record's figure into its folder as PNG, SVG and PDF, and return the path of the PNG."""
    data = curves(folder)
    exact = np.isfinite(data["closed_form"]).any()
    workflow = data["title"].partition(" under ")[2].split(",")[0].split("(")[0]
    colour = COLOURS.get(workflow, "#333333")
    g = data["generation"]
    with house_style() as plt:
        rows = 2 if exact else 1
        heights = [3, 1] if exact else [1]
        size = (SINGLE_COLUMN, 2.8 if exact else 2.2)
        figure, axes = plt.subplots(rows, 1, sharex=True, squeeze=False, figsize=size, height_ratios=heights)
        above = axes[0, 0]
        if exact:
            above.plot(g, data["closed_form"], color="black", zorder=1, label="closed form of the mean")
        every = max(1, len(g) // 25)
        points = slice(None, None, every)
        for heavy, face, label in ((False, colour, "mean"), (True, "white", "mean, heavy tail")):
            chosen = data["heavy"][points] == heavy
            if chosen.any():
                x, y, half = (data[name][points][chosen] for name in ("generation", "mean", "half"))
                above.errorbar(x, y, half, fmt="o", ms=2.5, lw=0.8, color=colour, mfc=face, label=label)
        above.plot(g, data["median"], ls="--", color=colour, label="median")
        above.set_ylabel(data["metric"].replace("_", " "))
        above.set_title(data["title"].partition(" of ")[2], loc="left", wrap=True)
        above.legend(loc="best")
        if exact:
            below = axes[1, 0]
            below.axhspan(-2, 2, color="0.85", lw=0)
            below.plot(g, data["pull"], "o", ms=2, color=colour)
            below.set_ylabel("pull")
            reach = np.nanmax(np.abs(data["pull"]), initial=3.0)
            below.set_ylim(-1.15 * reach, 1.15 * reach)
        axes[-1, 0].set_xlabel("generation g")
        picture = save(figure, folder / "figure")
        plt.close(figure)
    return picture
