"""Ridge regression on real rows and on rows of a shifted teacher, in the large: what the shift leaves behind."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.quantity import quantity
from theory.ridge.equivalents import Equivalents, equivalents, one_per_direction
from theory.strong.rows import ROWS, check_rows, check_shift

__all__ = ["ridge_risk", "ridge_shift", "shift"]

_SHIFT = (
    r"p_2^2 (1+p_1 u)\,\mathrm{tr}\,\Delta\Sigma^3(\Sigma+\kappa)^{-2}"
    r" + p_2 u\,\mathrm{tr}\,\Delta\Sigma(p_1\Sigma+\kappa)^2(\Sigma+\kappa)^{-2}"
)
_WHERE = r"u = \frac{\mathrm{df}_2(\kappa)}{n-\mathrm{df}_2(\kappa)}, \ p_2 = n_s/n = 1-p_1, \ \Sigma = \mathrm{cov}"
_SOURCE = """derived here, for the setting of Strong Model Collapse (arXiv 2410.04840) as summarised in
    slides-wright-lee; the theorem of that paper was not read"""


def shift(fit: Equivalents, size: np.ndarray, share: float) -> float:
    """Return the risk that a teacher's shift of covariance diag(``size``) causes at that share of the rows.

    p2^2 (1 + p1 u) tr D S^3 (S + kappa)^-2 + p2 u tr D S (p1 S + kappa)^2 (S + kappa)^-2, S = cov, D = delta.

    >>> from theory.ridge import equivalents
    >>> shift(equivalents(0.0, 4, np.ones(2)), np.ones(2), 0.5)  # 2 (1/4 + 1/4)
    1.0
    """
    other, u, weight = 1 - share, fit.inflation, fit.spectrum * size
    through = float((weight * fit.kept**2).sum())
    mixed = float((weight * (other * fit.kept + fit.lost) ** 2).sum())
    return share**2 * (1 + other * u) * through + share * u * mixed


def _fit(n: int, n_syn: int, ridge: float, cov: np.ndarray, delta: np.ndarray) -> tuple[Equivalents, np.ndarray, Any]:
    check_rows(n, n_syn)
    check_shift(cov, delta)
    if np.count_nonzero(cov - np.diag(np.diagonal(cov))) == 0:
        return equivalents(ridge, n, np.diagonal(cov)), np.diagonal(delta), np.eye(len(cov))
    values, basis = np.linalg.eigh(cov)
    return equivalents(ridge, n, values), np.einsum("ij,ik,kj->j", basis, delta, basis), basis


@quantity(formula=lambda: rf"{_SHIFT}, \quad {_WHERE}", source=_SOURCE, status="asymptotic", domains=ROWS)
def ridge_shift(
    n: int,
    n_syn: int,
    ridge: float,
    cov: Any,
    delta: Any,
    sigma: float = 1.0,
    w: Any = None,
) -> Any:
    """Return the part of `ridge_risk` that the teacher's shift causes, a float; sigma and w do not enter.

    Deterministic equivalent, error O(1/d) at n/d and the share p2 = n_syn/n fixed. Linear in ``delta``: a larger
    shift is worse data.

    >>> round(ridge_shift(4, 2, 0.0, [1.0, 1.0], [1.0, 1.0]), 12)
    1.0
    """
    del sigma, w
    fit, size, _ = _fit(n, n_syn, ridge, cov, delta)
    return shift(fit, size, n_syn / n)


def _risk() -> str:
    clean = (
        r"\frac{\kappa^2\, w^\top\Sigma(\Sigma+\kappa)^{-2}w}{1-\mathrm{df}_2(\kappa)/n}"
        r" + \sigma^2\,\frac{\mathrm{df}_2(\kappa)}{n-\mathrm{df}_2(\kappa)}"
    )
    return rf"{clean} + {_SHIFT}, \quad {_WHERE}"


@quantity(formula=_risk, source=_SOURCE, status="asymptotic", domains=ROWS)
def ridge_risk(n: int, n_syn: int, ridge: float, cov: Any, delta: Any, w: Any, sigma: float = 1.0) -> Any:
    """Return the excess risk of a ridge fit on n rows, n_syn of them labelled by a shifted teacher, a float.

    Bias + variance of the real fit, as in ridge.clean_risk, plus `ridge_shift`. The teacher is w + N(0, delta),
    drawn once; all labels have noise sigma.

    >>> round(ridge_risk(4, 2, 0.0, [1.0, 1.0], [1.0, 1.0], [3.0, 4.0]), 12)
    2.0
    """
    truth = one_per_direction("w", w, len(cov))
    fit, size, basis = _fit(n, n_syn, ridge, cov, delta)
    return fit.bias(basis.T @ truth) + sigma**2 * fit.inflation + shift(fit, size, n_syn / n)
