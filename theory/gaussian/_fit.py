"""One Gaussian fit: the law of sd_1^2/sigma^2 is chi-square with n - 1 degrees of freedom over n - 1 or n."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from groundwork.errors import BadInput
from theory.numerics import entries, mp

UNBIASED_NEEDS = "the unbiased variance divides by one less than the samples it sees; raise n or use estimator=mle"


def ddof(estimator: str) -> int:
    """Return what the estimator subtracts from the number of samples."""
    return 1 if estimator == "unbiased" else 0


def check_fits(n: int | Sequence[int], estimator: str) -> None:
    """Refuse a sample too small for the estimator in any generation."""
    if min(entries(n)) <= ddof(estimator):
        raise BadInput("n", n, "2 or more in every generation", UNBIASED_NEEDS)


def check_spread(n: int | Sequence[int], what: str, *, least: int = 2) -> None:
    """Refuse a sample on which the logarithm or an inverse moment of the fitted variance is infinite."""
    if min(entries(n)) < least:
        raise BadInput("n", n, f"{least} or more in every generation", f"{what} is infinite otherwise")


def check_positive_sigma(sigma: float) -> None:
    """Refuse sigma = 0 where a logarithm of it is taken."""
    if sigma == 0:
        raise BadInput("sigma", sigma, "a finite number > 0", "its logarithm is part of the answer")


@lru_cache(maxsize=4096)
def power_mean(n: int, power: int, estimator: str = "unbiased") -> Any:
    """Return E (sd_1/sigma)^power to fifty digits; 0 where one sample leaves no spread."""
    ctx = mp()
    if n == 1:
        return ctx.mpf(0)
    v = ctx.mpf(n - 1)
    ratio = ctx.exp(ctx.loggamma((v + power) / 2) - ctx.loggamma(v / 2))
    return (2 / ctx.mpf(n - ddof(estimator))) ** (ctx.mpf(power) / 2) * ratio


def factor(power: int, estimator: str = "unbiased") -> Callable[[int], Any]:
    """Return the map from a sample size to E (sd_1/sigma)^power."""
    return lambda n: power_mean(n, power, estimator)


def log_mean(n: int, estimator: str = "unbiased") -> Any:
    """Return E ln(sd_1/sigma) = (digamma((n-1)/2) - ln(divisor/2))/2."""
    ctx = mp()
    return (ctx.digamma(ctx.mpf(n - 1) / 2) - ctx.log(ctx.mpf(n - ddof(estimator)) / 2)) / 2
