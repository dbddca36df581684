"""Resampling again and again: every generation n0 draws from the empirical law of the last one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from theory import forms
from theory.discrete import _chain
from theory.quantity import quantity
from theory.symbols import domain, symbol
from theory.tails._atoms import ATOMS, BETA, probabilities, sum_smooth
from theory.tails.infinite import law
from theory.tails.second_hand import DIRECT, log_binomial
from theory.tails.unseen import unseen_mass

__all__ = [
    "repeated_constant",
    "repeated_exponent",
    "repeated_mass",
    "repeated_mass_branching",
    "repeated_mass_limit",
]

_RESAMPLED = domain("n0", meaning="draws in every generation", high=10**7, reason="the sum over atoms is direct")
_DOMAINS = {"N": ATOMS, "beta": BETA, "n0": _RESAMPLED}
_ATOM = r"p_i = \frac{i^{-\beta}}{\sum_{j\le N} j^{-\beta}}"
_SURVIVAL = r"s_1 = 1,\; s_{k+1} = 1 - e^{-s_k}"
#: The two bounds of the truncated chain must agree so well.
_AGREE = 1e-12


@quantity(
    formula=lambda: (
        r"\sum_i p_i\,P(x_g = 0 \mid x_0 = p_i),\quad x_{t+1} \sim \mathrm{Bin}(n_0, x_t)/n_0,\quad " + _ATOM
    ),
    source="""derived here, exactly; against the linear growth reported for Dohmatob, Feng, Yang, Charton and Kempe
    2024 (A tale of tails)""",
    domains=_DOMAINS,
)
def repeated_mass(N: int, beta: float, n0: int, g: int) -> Any:
    """Return the expected real mass of atoms that model g has lost, each model fitted on n0 draws, a float.

    sum_i p_i P(count_g = 0), count_1 ~ Binomial(n0, p_i), count_{t+1} ~ Binomial(n0, count_t/n0): the Wright-Fisher
    chain of each atom. g = 1 is `unseen_mass`. The chain is cut at a count beyond which next to nothing is lost,
    with a lower and an upper bound that must agree to 1e-12; more than 4000 states are refused.

    >>> round(repeated_mass(2, 0, 2, 1), 12), round(repeated_mass(2, 0, 2, 2), 12)
    (0.25, 0.375)
    """
    if g == 1 or N == 1:
        return unseen_mass(N, beta, n0)
    p, rest = probabilities(N, beta)
    # A count c is lost with a probability of about exp(-c s_g): here it starts at exp(-36).
    states = min(n0, math.ceil(36 / _survival(g)) + 30)
    while states <= _chain.LARGEST:
        low, high = (_sum_over_atoms(p, rest, beta, n0, values) for values in _losses(n0, states, g))
        if high - low <= _AGREE * low:
            return low
        states = min(2 * states, n0)
    raise BadInput(
        "n0",
        n0,
        f"an integer <= {_chain.LARGEST} at g = {g}",
        "use tails.repeated_mass_branching, or fewer generations",
    )


def _sum_over_atoms(p: np.ndarray, rest: np.ndarray, beta: float, n0: int, losses: np.ndarray) -> float:
    """Return sum p_i E loss(c), c ~ Binomial(n0, p_i); counts above the table lose as often as its last one."""
    from scipy.stats import binom

    states = len(losses) - 2
    counts = np.arange(states + 1)

    def log_loss(share: float, other: float) -> float:
        # Below 1e-300 only heavy atoms, which are summed one by one and weigh nothing.
        value = np.exp(log_binomial(counts, n0, share, other)) @ losses[:-1]
        if states < n0:
            value += binom.sf(states, n0, share) * losses[-1]
        return float(np.log(max(value, 1e-300)))

    # Rare atoms are lost with a probability above e^-500, so that their logarithms can be interpolated.
    return float(sum_smooth(log_loss, p, rest, beta, max(DIRECT, n0 // 500)))


def _losses(n0: int, states: int, g: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a lower and an upper bound of P(count = 0 after g - 1 fits), at counts 0, …, states and above."""
    from scipy.stats import binom

    start = np.zeros((states + 1, 2))
    start[0] = 1.0
    if states == n0:
        exact = np.append(_chain._repeat(_chain.kernel(n0), g - 1, start[:, 0]), 0.0)
        return exact, exact
    shares = np.arange(states + 1) / n0
    step = binom.pmf(np.arange(states + 1), n0, shares[:, None])
    above = binom.sf(states, n0, shares)
    bounds = start
    for _ in range(g - 1):
        # A count above the table: never lost, or lost as often as the last one in it.
        bounds = step @ bounds + np.outer(above, [0.0, bounds[-1, 1]])
    return np.append(bounds[:, 0], 0.0), np.append(bounds[:, 1], bounds[-1, 1])


@quantity(formula=lambda: _repeated_mass_limit(), source="derived here", domains=_DOMAINS)
def repeated_mass_limit(N: int, beta: float) -> Any:
    """Return the limit of `repeated_mass` as g grows, 1 - sum p_i^2, a float: one atom is left, i with chance p_i.

    >>> repeated_mass_limit(4, 0)
    0.75
    """
    return np.prod(probabilities(N, beta), axis=0).sum()


def _repeated_mass_limit() -> Any:
    i, N, beta = forms.index("i"), symbol("N"), symbol("beta")
    return 1 - forms.add_up(i ** (-2 * beta), (i, 1, N)) / forms.add_up(i ** (-beta), (i, 1, N)) ** 2


def _survival(g: int) -> float:
    """Return s_g, the chance that a critical Poisson branching process is alive after g - 1 steps."""
    alive = 1.0
    for step in range(1, g):
        if step == 4096:
            return _late_survival(alive, step, g)
        alive = -math.expm1(-alive)
    return alive


def _late_survival(alive: float, first: int, last: int) -> float:
    """Leap to s_last: the clock 2/s + ln(s)/3 + s/36 advances by 1 + O(s^3) a step."""

    def correction(s: float) -> float:
        return math.log(s) / 3 + s / 36

    time = 2 / alive + correction(alive) + (last - first)
    s = 2 / time
    for _ in range(20):  # a contraction by a factor of s/6
        s = 2 / (time - correction(s))
    return s


def _branching() -> str:
    return r"\sum_i p_i e^{-n_0 p_i s_g},\quad " + _SURVIVAL + r",\quad " + _ATOM


@quantity(formula=_branching, source="derived here", status="asymptotic", domains=_DOMAINS)
def repeated_mass_branching(N: int, beta: float, n0: int, g: int) -> Any:
    """Return what `repeated_mass` tends to for g far below n0, sum p_i exp(-n0 p_i s_g), a float.

    A rare atom starts as a Poisson number of draws, each of which founds a critical Poisson branching process:
    alive after g - 1 steps with chance s_g, s_1 = 1, s_{k+1} = 1 - exp(-s_k), about 2/g.

    >>> round(repeated_mass_branching(1000, 2, 10_000, 1), 5)
    0.00631
    """
    p, _ = probabilities(N, beta)
    return (p * np.exp(-n0 * _survival(g) * p)).sum()


@quantity(
    formula=lambda: (
        r"\frac{\Gamma(1-1/\beta)}{\beta\,\zeta(\beta)^{1/\beta}}\,(n_0 s_g)^{-(1-1/\beta)},\quad " + _SURVIVAL
    ),
    source="derived here",
    status="asymptotic",
    domains={"n0": _RESAMPLED},
)
def repeated_constant(beta: float, n0: int, g: int) -> Any:
    """Return the scaling law of the lost mass with its constant, infinitely many atoms, a float.

    The first scaling law at n0 s_g draws, s_g about 2/g: g generations of n0 draws are worth 2 n0/g real ones.

    >>> round(repeated_constant(2, 10_000, 1), 8)
    0.00690988
    """
    return law(beta, n0 * _survival(g))


@quantity(
    formula=lambda: 1 - 1 / symbol("beta"),
    source="""derived here; corrects the linear growth in the number of generations reported for Dohmatob, Feng,
    Yang, Charton and Kempe 2024 (A tale of tails)""",
    status="asymptotic",
)
def repeated_exponent(beta: float) -> Any:
    """Return the growth exponent of the lost mass in the number of resamplings, 1 - 1/beta, a float.

    For 1 << g << n0; below 1 for every beta, so that linear growth is an upper bound only.

    >>> repeated_exponent(2)
    0.5
    """
    return 1 - 1 / beta
