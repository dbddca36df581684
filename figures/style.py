"""The house style: one dictionary used through ``rc_context``, one colour a workflow, files without dates."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

__all__ = ["COLOURS", "SINGLE_COLUMN", "house_style", "save"]

#: Width of a column of text, in inches.
SINGLE_COLUMN = 3.25

#: Okabe and Ito's colours, told apart by colour-blind readers; one for each workflow wherever it is drawn.
COLOURS = {
    "replace": "#D55E00",
    "accumulate": "#0072B2",
    "subsample": "#009E73",
    "fresh": "#CC79A7",
    "window": "#E69F00",
    "discount": "#56B4E9",
}

RC: dict[Any, Any] = {
    "axes.grid": True,
    "axes.labelsize": 8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "figure.constrained_layout.use": True,
    "figure.dpi": 200,
    "font.size": 8,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.5,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "mathtext.fontset": "cm",
    "pdf.fonttype": 42,
    "svg.hashsalt": "tailfade",
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
}


@contextlib.contextmanager
def house_style() -> Iterator[Any]:
    """Yield ``matplotlib.pyplot`` on the backend without a window, in the house style."""
    import logging

    import matplotlib

    # Without a date in the PDF, fontTools remarks on the year 1970 of the embedded font.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context(RC):
        yield plt


def save(figure: Any, stem: pathlib.Path) -> pathlib.Path:
    """Write PNG, SVG and PDF beside one another, byte for byte the same each time, and return the PNG."""
    for suffix, metadata in ((".svg", {"Date": None}), (".pdf", {"CreationDate": None}), (".png", None)):
        figure.savefig(stem.with_suffix(suffix), metadata=metadata)
    return stem.with_suffix(".png")
