"""The implicit ridge of a random design: where kappa - ridge = kappa df1(kappa)/n, for thousands of spectra at once.

With kept = s/(s + kappa), lost = kappa/(s + kappa) and the eigenvalues s in falling order, n ridge/kappa +
sum kept = n is the balance of positive terms, from which no digits are lost,

    sum over the first m of lost + (n - m)  =  n ridge/kappa + sum over the others of kept,    m = min(n, d).

kappa times (left - right) is convex, falls below 0 before the root and rises after it, so that Newton's
method, started above the root, comes down to it and never passes it. Its derivative at the root is
n - df2(kappa) = n ridge/kappa + sum kept lost, again without a difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.quantity import quantity
from theory.symbols import domain

__all__ = ["EIGENVALUES", "df", "kappa", "kappa_many", "room"]

#: Largest relative imbalance of the fixed-point equation that is let through.
RESIDUAL = 1e-12
#: A step halves the distance at worst: enough for a root 300 decades below its upper bound.
STEPS = 1200

EIGENVALUES = domain(
    "cov", meaning="eigenvalues of the covariance of a row (its diagonal)", kind="vector", low=0, open_low=True
)


def _kappa() -> str:
    return r"\kappa - \lambda_{\mathrm{ridge}} = \frac{\kappa}{n}\sum_j \frac{s_j}{s_j+\kappa}, \quad s = \mathrm{cov}"


@quantity(
    formula=_kappa,
    source="arulandu2024, section 3.2, the fixed-point equation below its eq. (3)",
    domains={"n": domain("n", kind="integer"), "cov": EIGENVALUES},
)
def kappa(ridge: float, n: int, cov: Any) -> Any:
    """Return the implicit ridge, the largest root of kappa - ridge = kappa df1(kappa)/n, a float.

    Eigenvalues cov of the covariance, n rows. Without a ridge it is 0 when n >= d; with fewer rows it is
    where df1 = n.

    >>> round(kappa(0.0, 1, [1.0, 1.0]), 12)
    1.0
    >>> kappa(0.0, 5, [1.0, 1.0])
    0.0
    """
    return kappa_many(ridge, n, cov)[0]


def kappa_many(ridge: Any, n: Any, spectra: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the implicit ridges of many spectra and the relative imbalances left, each of shape (…).

    ``spectra`` has shape (…, d); ``ridge`` and ``n`` (any positive number) are broadcast against (…). A zero
    eigenvalue is a direction that the rows never show. Every imbalance is below 1e-12, or the spectrum is refused.

    >>> roots, left = kappa_many([0.0, 0.5], 2, [[1.0, 1.0, 1.0, 1.0], [4.0, 0.0, 0.0, 0.0]])
    >>> roots.round(12), bool((left < 1e-12).all())
    (array([1.        , 0.85078106]), True)
    """
    spectra = np.asarray(spectra, dtype=np.float64)
    if spectra.ndim == 0 or not np.isfinite(spectra).all() or (spectra < 0).any() or not (spectra > 0).any(-1).all():
        raise BadInput("spectra", spectra, "finite eigenvalues >= 0, one of each spectrum > 0")
    ridges, rows = np.asarray(ridge, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not (np.isfinite(ridges).all() and (ridges >= 0).all()):
        raise BadInput("ridge", ridge, "finite numbers >= 0")
    if not (np.isfinite(rows).all() and (rows > 0).all()):
        raise BadInput("n", n, "finite numbers > 0")
    try:
        shape = np.broadcast_shapes(spectra.shape[:-1], ridges.shape, rows.shape)
    except ValueError:
        raise BadInput(
            "spectra", spectra.shape, "of a shape (…, d) that ridge and n can be broadcast against"
        ) from None
    flat = np.broadcast_to(spectra, (*shape, spectra.shape[-1])).reshape(-1, spectra.shape[-1])
    roots, left = _solve(np.broadcast_to(ridges, shape).reshape(-1), np.broadcast_to(rows, shape).reshape(-1), flat)
    if not (left < RESIDUAL).all():
        worst = int(np.argmax(np.where(left < RESIDUAL, 0.0, 1.0)))
        raise BadInput("spectra", flat[worst], "a spectrum in the range of float64", f"imbalance {left[worst]:.1e}")
    return roots.reshape(shape), left.reshape(shape)


def _solve(ridge: np.ndarray, n: np.ndarray, spectra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    spectra = -np.sort(-spectra, axis=-1)
    rank = (spectra > 0).sum(axis=-1)
    root, left = np.zeros(len(n)), np.zeros(len(n))
    moving = np.flatnonzero((ridge > 0) | (n < rank))
    root[moving] = _above(ridge[moving], n[moving], spectra[moving])
    for _ in range(STEPS):
        if not len(moving):
            break
        balance, scale, slope = _balance(root[moving], ridge[moving], n[moving], spectra[moving])
        left[moving] = np.abs(balance) / scale
        lower = root[moving] * (slope / (slope + balance))
        # At the root only rounding is left, and a step may go either way.
        going = lower < (1 - 4e-16) * root[moving]
        moving = moving[going]
        root[moving] = lower[going]
    return root, left


def _above(ridge: np.ndarray, n: np.ndarray, spectra: np.ndarray) -> np.ndarray:
    """Return a number above the root: kappa df1 <= tr cov; when n >= d, d kappa^2/(largest + kappa) <= n ridge."""
    rank, largest = (spectra > 0).sum(axis=-1), spectra[:, 0]
    loose = ridge + spectra.sum(axis=-1) / n
    share = ridge * n / rank
    tight = share / 2 + np.sqrt(share**2 / 4 + share * largest)
    return np.where(n >= rank, np.minimum(loose, tight), loose) * (1 + 1e-12)


def _balance(
    root: np.ndarray, ridge: np.ndarray, n: np.ndarray, spectra: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return left less right side, the left side, and the derivative of kappa times the former at the root."""
    kept = spectra / (spectra + root[:, None])
    lost = root[:, None] / (spectra + root[:, None])
    most = np.minimum(np.floor(n), (spectra > 0).sum(axis=-1))
    first = np.arange(spectra.shape[-1]) < most[:, None]
    penalty = n * (ridge / root)
    left = np.where(first, lost, 0.0).sum(axis=-1) + (n - most)
    right = np.where(first, 0.0, kept).sum(axis=-1) + penalty
    return left - right, left, penalty + (kept * lost).sum(axis=-1)


def room(ridge: float, n: float, kappa: float, spectrum: np.ndarray) -> float:
    """Return n - df2(kappa) at the root kappa of (ridge, n), as n ridge/kappa + sum s kappa/(s + kappa)^2.

    >>> room(0.5, 1, 1.0, np.array([1.0]))  # 1 - 1/4
    0.75
    """
    if kappa == 0:
        return float(n - np.count_nonzero(spectrum))
    return float(n * (ridge / kappa) + (spectrum / (spectrum + kappa) * (kappa / (spectrum + kappa))).sum())


def _df() -> str:
    return r"\sum_j \Big(\frac{s_j}{s_j+\kappa}\Big)^m, \quad s = \mathrm{cov}"


@quantity(
    formula=_df,
    source="arulandu2024, section 3.2, the m-th order degrees of freedom",
    domains={"m": domain("m", meaning="order of the degrees of freedom"), "cov": EIGENVALUES},
)
def df(m: int, kappa: float, cov: Any) -> Any:
    """Return the degrees of freedom df_m(kappa) = tr cov^m (cov + kappa)^-m, a float.

    At most d, and d at kappa = 0.

    >>> df(2, 1.0, [1.0, 3.0])
    0.8125
    """
    return ((cov / (cov + kappa)) ** m).sum()
