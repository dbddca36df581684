"""The series that turn a normal into a chi-square: made and certified on the host, once for each law.

On the cube-root scale the chi-square quantile of a normal deviate, h(z) = (F^-1(Phi(z)) / nu)^(1/3), is
nearly straight, so a short Chebyshev series reaches rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sims.samplers.quantiles import chi_square_quantile

__all__ = ["HALF_WIDTH", "REACH", "certify", "degree_of", "series"]

#: The series hold for |z| < REACH, past the largest normal, and are made on [-HALF_WIDTH, HALF_WIDTH].
REACH, HALF_WIDTH = 8.3, 8.4


def degree_of(dof: float) -> int:
    """Return the degree, 16, 32 or 48, at which the series of ``dof`` > 8 reaches rounding.

    >>> degree_of(9.0), degree_of(19.0), degree_of(99.0)
    (48, 32, 16)
    """
    if dof >= 99:
        return 16
    return 32 if dof >= 19 else 48


@lru_cache(maxsize=65536)
def series(dof: float) -> np.ndarray:
    """Return the checked Chebyshev coefficients of h on [-8.4, 8.4] for one ``dof`` > 8.

    There are 17, 33 or 49. The first two are near 1 - 2/(9 dof) and 8.4 sqrt(2/(9 dof)), which is Wilson and
    Hilferty's approximation.

    >>> series(1e6)[:2].round(6)
    array([1.     , 0.00396])
    """
    degree = degree_of(dof)
    angles = np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1)
    values = np.cbrt(chi_square_quantile(dof, HALF_WIDTH * np.cos(angles)) / dof)
    coefficients = 2 / (degree + 1) * np.cos(np.outer(np.arange(degree + 1), angles)) @ values
    coefficients[0] /= 2
    certify(dof, coefficients)
    coefficients.flags.writeable = False
    return coefficients


def certify(dof: float, coefficients: np.ndarray) -> float:
    """Return the largest relative error of the chi-square that a series gives; refuse a bad series.

    Good is: at most 1e-13 (1e-12 for dof < 19) and rising, for all |z| < 8.3. The error of an interpolating
    series swings once between neighbouring nodes: four points a swing see its peaks.

    >>> certify(99.0, series(99.0)) < 1e-13
    True
    """
    z = HALF_WIDTH * np.cos(np.pi * np.arange(4 * coefficients.size + 1) / (4 * coefficients.size))
    z = np.concatenate([[-REACH], z[np.abs(z) < REACH], [REACH]])
    h = np.polynomial.chebyshev.chebval(z / HALF_WIDTH, coefficients)
    error = float(np.abs(dof * h**3 / chi_square_quantile(dof, z) - 1).max())
    slope = np.polynomial.chebyshev.chebval(z / HALF_WIDTH, np.polynomial.chebyshev.chebder(coefficients))
    bound = 1e-13 if dof >= 19 else 1e-12
    if not (error <= bound and slope.min() > 0 and h.min() > 0):
        raise ArithmeticError(
            f"chi-square series at {dof} degrees of freedom: error {error:.1e} > {bound:.0e}, or not rising"
        )
    return error
