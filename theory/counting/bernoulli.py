"""A coin refitted to its own throws: it ends at 0 or 1, and only its heterozygosity decays exponentially."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from theory import forms
from theory.discrete import _chain
from theory.numerics import mp, product
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["bernoulli_absorption_time", "bernoulli_fixation_at_one", "bernoulli_heterozygosity"]

_MU = {"mu": domain("mu", low=0, high=1, meaning="probability of a one in the real data")}
_ONE_N = {"n": domain("n", kind="integer", high=_chain.LARGEST, reason="the exact chain needs the n x n kernel")}


def _heterozygosity(schedule: bool = False) -> Any:
    mu = symbol("mu")
    return mu * (1 - mu) * forms.all_generations(lambda n: 1 - 1 / n, schedule)


@quantity(formula=_heterozygosity, source="the classical Wright-Fisher identity; derived here", domains=_MU)
def bernoulli_heterozygosity(n: int | Sequence[int], mu: float, g: int) -> Any:
    """Return E theta_g (1 - theta_g) when a Bernoulli law is refitted to its own n draws, a float.

    mu (1 - mu) prod (1 - 1/n_j), exactly: what decays exponentially is this product, not theta_g, whose
    mean stays mu. Refit = share of ones, replace.

    >>> bernoulli_heterozygosity(2, 0.5, 3)
    0.03125
    """
    share = mp().mpf(mu)
    return share * (1 - share) * product(lambda size: 1 - mp().mpf(1) / size, n, g)


@quantity(
    formula=lambda: (
        r"a(\mu) + a(1-\mu),\quad a(p) = \sum_{t\ge0} \mathrm{E}[x_t;\, x_t<1 \mid x_0=p],"
        r"\quad x_{t+1} \sim \mathrm{Bin}(n, x_t)/n"
    ),
    source="derived here, from the exact chain",
    domains=_MU | _ONE_N,
)
def bernoulli_absorption_time(n: int, mu: float) -> Any:
    """Return the mean number of fits until theta is 0 or 1, a float; 0 where mu is 0 or 1 already.

    a(mu) + a(1 - mu) in the sojourn a of the two-type chain. For large n it is 2n times the entropy of
    mu in nats less (ln n)/3 + O(1) (measured, not proved). Refit = share of ones in n draws, replace.

    >>> round(bernoulli_absorption_time(2, 0.5), 9)
    2.0
    """
    start = np.array([mu])
    return (_chain.sojourn(n, start) + _chain.sojourn(n, start, complement=True))[0]


@quantity(formula=lambda: symbol("mu"), source="theta_g is a bounded martingale; derived here", domains=_MU)
def bernoulli_fixation_at_one(mu: float) -> Any:
    """Return the limit of P(theta_g = 1), which is mu, a float.

    The mean of theta_g stays mu and theta_g ends at 0 or 1, so a Bernoulli parameter does not collapse
    to 0.

    >>> bernoulli_fixation_at_one(0.25)
    0.25
    """
    return mu
