"""One simulated loop from its record: the mean with its interval, the median, the closed form, and the pull."""

from __future__ import annotations

import pathlib

from figures._figure import Record
from figures._marks import exact_curve, pulls, simulated
from figures.style import COLOURS, SINGLE_COLUMN, house_style, save

__all__ = ["draw"]


def draw(folder: pathlib.Path) -> pathlib.Path:
    """Draw the record's figure into its folder as PNG, SVG and PDF, and return the path of the PNG."""
    record = Record.read(folder)
    workflow = record.title.partition(" under ")[2].split(",")[0].split("(")[0]
    colour = COLOURS.get(workflow, "#333333")
    exact = bool((record["closed_form"] == record["closed_form"]).any())
    with house_style() as plt:
        rows = 2 if exact else 1
        heights = [3, 1] if exact else [1]
        size = (SINGLE_COLUMN, 2.8 if exact else 2.2)
        figure, axes = plt.subplots(rows, 1, sharex=True, squeeze=False, figsize=size, height_ratios=heights)
        above = axes[0, 0]
        exact_curve(above, record)
        simulated(above, record, colour=colour)
        above.plot(record["generation"], record["median"], ls="--", color=colour, label="median")
        above.set_ylabel(record.words["metric"].replace("_", " "))
        above.set_title(record.title.partition(" of ")[2], loc="left", wrap=True)
        above.legend(loc="best")
        if exact:
            pulls(axes[1, 0], (record, colour))
        axes[-1, 0].set_xlabel("generation g")
        picture = save(figure, folder / "figure")
        plt.close(figure)
    return picture
