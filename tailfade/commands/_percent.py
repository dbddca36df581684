"""Reading a relative error from the command line."""

from __future__ import annotations

import math

from groundwork.errors import BadInput

__all__ = ["fraction"]


def fraction(name: str, text: str | None) -> float | None:
    """Return the number that ``0.5%`` or ``0.005`` spells, above 0 and below 1; None stays None.

    >>> fraction("resolution", "0.5 %"), fraction("resolution", "0.005")
    (0.005, 0.005)
    """
    if text is None:
        return None
    bare = text.strip()
    try:
        number = float(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)
    except ValueError:
        number = math.nan
    if not 0 < number < 1:
        raise BadInput(name, text, "a number above 0 and below 1", "0.5% or 0.005")
    return number
