"""Vocabularies: laws on many atoms with a long tail of rare ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from groundwork.checks import count, number

__all__ = ["zipf"]


def zipf(atoms: Any, beta: Any = 1.0, shift: Any = 0.0) -> Float[np.ndarray, " N"]:
    r"""Return Zipf's law (N,): :math:`p_i \propto (i + a)^{-\beta}`, i = 1, …, N, most frequent first.

    ``shift`` is Mandelbrot's a >= 0. The sum is 1 to rounding. Suresh et al. 2024 use N = 1000 with (a, beta) =
    (1, 2.7) and (2, 5), as their published notebook has it.

    >>> zipf(3).round(4).tolist()
    [0.5455, 0.2727, 0.1818]
    """
    size = count("atoms", atoms, least=2, most=2**24)
    power = number("beta", beta, low=0, high=50)
    offset = number("shift", shift, low=0)
    # From the rarest up, so that the sum does not lose them; relative to the first, so that none is out of range.
    heights = np.exp(-power * np.log((np.arange(1, size + 1) + offset) / (1 + offset)))
    return heights / heights[::-1].sum()
