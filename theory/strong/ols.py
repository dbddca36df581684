"""Ordinary least squares on real rows and on rows of a shifted teacher: exact at every size."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.strong.rows import ROWS, check_rows, check_shift

__all__ = ["ols_risk", "ols_shift"]

_SHIFT = (
    r"\frac{c^2}{d}\Big[\frac{n_s}{n} D + \frac{n_s(n_s-1)}{n(n-1)}(d-D)\Big], \quad"
    r" D = \frac{d(d+2)(n-2)}{(n+2)(n-d-1)}, \ c^2 = \mathrm{tr}\,\mathrm{cov}\,\Delta"
)
_SOURCE = """derived here, for the setting of Strong Model Collapse (arXiv 2410.04840) as summarised in
    slides-wright-lee"""


def _check(n: int, n_syn: int, cov: Any, delta: Any) -> None:
    check_rows(n, n_syn)
    check_shift(cov, delta)
    if n < len(cov) + 2:
        raise BadInput("n", n, f"an integer >= d + 2 = {len(cov) + 2}", "the mean risk is infinite otherwise")


def _shift(n: int, n_syn: int, cov: np.ndarray, delta: np.ndarray) -> Any:
    ctx, d = mp(), len(cov)
    size = ctx.fsum(float(entry) for entry in (cov * delta).ravel())
    alone = ctx.mpf(d * (d + 2) * (n - 2)) / ((n + 2) * (n - d - 1))
    return size / d * (ctx.mpf(n_syn) / n * alone + ctx.mpf(n_syn * (n_syn - 1)) / (n * (n - 1)) * (d - alone))


@quantity(formula=lambda: _SHIFT, source=_SOURCE, domains=ROWS)
def ols_shift(n: int, n_syn: int, cov: Any, delta: Any, sigma1: float = 1.0, sigma2: float = 1.0) -> Any:
    """Return the part of `ols_risk` that the teacher's shift causes, a float; the noises do not enter.

    With c^2 = tr cov delta: c^2/d [n_s/n D + n_s (n_s - 1)/(n (n - 1)) (d - D)], D = d (d + 2)(n - 2)/((n +
    2)(n - d - 1)). The rows are exchangeable, so that S_2 S^-2 S_2 has a part D of single rows and d - D of
    pairs. A row is S^(1/2) times a vector of uniform direction, independent of S, whose squared length q has
    E q^2 = d (d + 2)/(n (n + 2)); E tr S tr S^-1 = d (n d - 2)/(n - d - 1) gives D.

    >>> ols_shift(3, 1, [1.0], [5.0])  # 5 E b^2, b ~ Beta(1/2, 1)
    1.0
    """
    del sigma1, sigma2
    _check(n, n_syn, cov, delta)
    return _shift(n, n_syn, cov, delta)


@quantity(
    formula=lambda: rf"\frac{{(n-n_s)\sigma_1^2 + n_s\sigma_2^2}}{{n}}\,\frac{{d}}{{n-d-1}} + {_SHIFT}",
    source=_SOURCE,
    domains=ROWS,
)
def ols_risk(n: int, n_syn: int, cov: Any, delta: Any, sigma1: float = 1.0, sigma2: float = 1.0) -> Any:
    """Return the mean excess risk of least squares on n rows, n_syn of them from a shifted teacher, a float.

    The teacher is w + N(0, delta), drawn once per fit; noise sigma1 on real and sigma2 on synthetic labels.
    Mean noise variance times d/(n - d - 1), plus `ols_shift`. Exact for n >= d + 2, any cov and delta.

    >>> ols_risk(3, 1, [1.0], [5.0], 1.0, 2.0)  # 2 * 1/1 + 1
    3.0
    """
    _check(n, n_syn, cov, delta)
    ctx, d = mp(), len(cov)
    noise = ((n - n_syn) * ctx.mpf(sigma1) ** 2 + n_syn * ctx.mpf(sigma2) ** 2) / n
    return noise * d / (n - d - 1) + _shift(n, n_syn, cov, delta)
