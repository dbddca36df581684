"""The bandwidth: the letter h is a generation elsewhere, so its domain and its symbol are narrowed here."""

from __future__ import annotations

from typing import Any

from theory.symbols import domain

#: The parameters of a loop of kernel density estimates.
BANDWIDTH = {
    "h": domain(
        "h",
        kind="real",
        low=0,
        open_low=True,
        meaning="bandwidth of the Gaussian kernel, its standard deviation",
        reason="without a kernel there is no density",
    ),
    "n": domain("n", kind="integer"),
}


def bandwidth() -> Any:
    """Return the symbol of the bandwidth, a positive real."""
    import sympy

    return sympy.Symbol("h", positive=True)
