"""What a ridge fit does to a random design, in the large: the traces that every risk here is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.ridge.fixed_point import kappa_many, room

__all__ = ["Equivalents", "equivalents", "one_per_direction"]


@dataclass(frozen=True)
class Equivalents:
    """The deterministic equivalents of one fit: n rows with covariance diag(``spectrum``), a ridge.

    ``kept`` = s/(s + kappa), ``lost`` = kappa/(s + kappa), ``room`` = n - df2(kappa).
    """

    spectrum: np.ndarray
    n: int
    kappa: float
    kept: np.ndarray
    lost: np.ndarray
    room: float

    @property
    def df2(self) -> float:
        """The degrees of freedom tr (cov (cov + kappa)^-1)^2."""
        return float((self.kept**2).sum())

    @property
    def inflation(self) -> float:
        """What the fluctuation of the design adds, u = df2/(n - df2)."""
        return self.df2 / self.room

    def bias(self, w: np.ndarray) -> float:
        """Return the risk of the noiseless fit, kappa^2 w' cov (cov + kappa)^-2 w/(1 - df2/n)."""
        return float((self.spectrum * (self.lost * w) ** 2).sum()) * self.n / self.room

    def echo(self) -> float:
        """Return E tr cov^-1 S R cov S R, what a fit passes on of a shift of covariance cov^-1.

        With S = X'X/n, R = (S + ridge)^-1: df2 + u kappa^2 tr (cov + kappa)^-2.
        """
        return self.df2 + self.inflation * float((self.lost**2).sum())


def equivalents(ridge: float, n: int, spectrum: Any) -> Equivalents:
    """Return the `Equivalents` of a fit on n rows.

    A fit without a ridge on d - 1, d or d + 1 rows is refused: its variance is infinite.

    >>> equivalents(0.5, 1, np.array([1.0])).inflation  # kappa = 1
    0.3333333333333333
    """
    spectrum = np.asarray(spectrum, dtype=np.float64)
    d = len(spectrum)
    if ridge == 0 and abs(n - d) <= 1:
        raise BadInput("n", n, f"not d = {d} or next to it when ridge = 0", "the variance is infinite; give ridge > 0")
    kappa = float(kappa_many(ridge, n, spectrum)[0])
    total = spectrum + kappa
    return Equivalents(spectrum, n, kappa, spectrum / total, kappa / total, room(ridge, n, kappa, spectrum))


def one_per_direction(name: str, value: Any, d: int) -> np.ndarray:
    """Return the vector if it has d entries.

    >>> one_per_direction("w", [1.0, 2.0], 2)
    array([1., 2.])
    """
    array = np.asarray(value, dtype=np.float64)
    if array.shape != (d,):
        raise BadInput(name, value, f"a vector as long as cov, {d}", "one coefficient per eigenvalue")
    return array
