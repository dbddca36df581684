"""Min-norm least squares with fewer rows than features: every hop forgets part of the signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundwork.errors import BadInput
from theory import forms
from theory.numerics import entries, mp, product
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["overparametrised_risk", "overparametrised_risk_limit"]


def _check(n: int | Sequence[int], d: int, sigma: float) -> None:
    if max(entries(n)) >= d:
        raise BadInput("n", n, f"below d = {d}", "with n >= d + 2 rows use linear.risk")
    if sigma > 0 and max(entries(n)) > d - 2:
        raise BadInput("n", n, f"at most d - 2 = {d - 2} when sigma > 0", "the mean risk is infinite otherwise")


def _risk(design: str = "fresh", schedule: bool = False) -> Any:
    n, d, g = symbol("n"), symbol("d"), symbol("g")
    sigma, signal = symbol("sigma"), symbol("signal")
    if schedule:
        return signal * (1 - forms.all_generations(lambda size: size / d, True))
    kept, noise = n / d, sigma**2 * n / (d - n - 1)
    if design == "fixed":
        return signal * (1 - kept) + g * noise
    return signal * (1 - kept**g) + noise * (1 - kept**g) / (1 - kept)


@quantity(formula=_risk, source="derived here")
def overparametrised_risk(
    n: int | Sequence[int],
    d: int,
    g: int,
    sigma: float = 1.0,
    signal: float = 1.0,
    design: str = "fresh",
) -> Any:
    """Return the mean excess risk of min-norm least squares, n < d rows, isotropic, replace, a float.

    With eta = n/d, fresh rows: signal (1 - eta^g) + sigma^2 n/(d - n - 1) (1 - eta^g)/(1 - eta), bounded
    in g. The same rows every generation: signal (1 - eta) + g sigma^2 n/(d - n - 1). A list for n needs
    sigma = 0 and fresh rows: signal (1 - prod n_k/d). Noise needs n <= d - 2.

    >>> overparametrised_risk(2, 4, 3, sigma=0.0)
    0.875
    >>> overparametrised_risk(2, 4, 2)
    3.75
    """
    _check(n, d, sigma)
    ctx = mp()
    if isinstance(n, Sequence):
        if design == "fixed" or sigma > 0:
            raise BadInput("n", n, "one number unless sigma = 0 and design = fresh", "give one n, or sigma=0")
        return signal * (1 - product(lambda size: ctx.mpf(size) / d, n, g))
    kept = ctx.mpf(n) / d
    noise = sigma**2 * n / ctx.mpf(d - n - 1) if sigma else ctx.mpf(0)
    if design == "fixed":
        return signal * (1 - kept) + g * noise
    return (1 - kept**g) * (signal + noise / (1 - kept))


def _limit() -> Any:
    n, d = symbol("n"), symbol("d")
    return symbol("signal") + symbol("sigma") ** 2 * n * d / ((d - n - 1) * (d - n))


@quantity(formula=_limit, source="derived here", domains={"n": domain("n", kind="integer")})
def overparametrised_risk_limit(n: int, d: int, sigma: float = 1.0, signal: float = 1.0) -> Any:
    """Return the limit of `overparametrised_risk` on fresh rows as g grows, a float.

    signal + sigma^2 n d/((d - n - 1)(d - n)).

    >>> overparametrised_risk_limit(2, 4)
    5.0
    """
    _check(n, d, 1.0)
    return signal + sigma**2 * n * d / mp().mpf((d - n - 1) * (d - n))
