"""The exponential law refitted on its own draws: the error of its scale, exactly."""

from __future__ import annotations

import math
from typing import Any

from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["scale_error_mean"]


def _scale_error_mean() -> Any:
    return (1 + 1 / symbol("n")) ** symbol("g") - 1


@quantity(formula=_scale_error_mean, source="derived here", domains={"n": domain("n", kind="integer")})
def scale_error_mean(n: int, g: int) -> Any:
    """Return the mean of (s_g/s - 1)^2 under replacement, (1 + 1/n)^g - 1, a float.

    s_g/s is a product of g independent factors of mean 1 and second moment 1 + 1/n.

    >>> scale_error_mean(4, 1)
    0.25
    """
    return math.expm1(g * math.log1p(1 / n))
