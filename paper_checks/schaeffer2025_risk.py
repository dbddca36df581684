r"""Schaeffer et al. 2025, sections 2.1 and 4.1: whether the risk of a refitted Gaussian diverges, by the estimator.

Divided by n - 1, the means alone make E W2^2 >= Tr Sigma g/n. Divided by n, E (mu_g - mu)^2 + E sigma_g^2 is sigma^2 at
every g, so E W2^2 = 2 sigma (sigma - E sigma_g) stays below 2 sigma^2.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from paper_checks import _draws, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Limit
from paper_checks._roots import SCALES, moved, rate, root_mean
from paper_checks._simulated import paths
from paper_checks.schaeffer2025 import BIBTEX

__all__ = ["CLAIMS", "centre_mean", "centre_spread"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)


def _drift() -> tuple[Any, ...]:
    """Return the inverse of g/n, which E W2^2/Tr Sigma is above, g, and 0."""
    import sympy

    n, g, _ = _w2.symbols()
    return n / g, g, sympy.Integer(0)


def _coordinates() -> tuple[Any, ...]:
    """Return E |mu_g - mu|^2 in d dimensions, of which each coordinate is a chain with its own variance."""
    import sympy

    n, g, _ = _w2.symbols()
    trace = sympy.Symbol("t", positive=True)
    one = sympy.gammasimp(_draws.factor_moment(1)[0])
    return trace * g / n, g, lambda v, g: v + trace * one / n, trace / n


def _biased(expected: str) -> tuple[Any, ...]:
    """Return the inverse of E W2^2 = 2 (1 - e^(-r g)) of the mle, b(n) = e^-r, and 0 or 1/2."""
    import sympy

    g, r, _ = rate()
    limit = sympy.Integer(0) if expected == "diverges" else sympy.Rational(1, 2)
    return 1 / (2 * (1 - sympy.exp(-r * g))), g, limit


def _conserved() -> tuple[Any, ...]:
    """Return E (mu_g - mu)^2 of the mle, its recursion and start: E sigma_g^2 = sigma^2 (1 - 1/n)^g."""
    import sympy

    _, g, sigma = _w2.symbols()
    q = sympy.Symbol("q", positive=True)  # 1 - 1/n
    return sigma**2 * (1 - q**g), g, lambda v, g: v + sigma**2 * q ** (g - 1) * (1 - q), sigma**2 * (1 - q)


def _mle_factor() -> tuple[Any, ...]:
    """Return both sides of E chi2_{n-1}/n = 1 - 1/n."""
    one, k = _draws.factor_moment(1)
    return one * k / (k + 1), 1 - 1 / (k + 1)


@cache
def _squares(n: int, g: int, same: bool) -> float:
    """Return E m_1^2 m_2^2 of two coordinates of mu_g - mu, or E m_1^4, at Sigma = I.

    With a = E S_11 S_22 and b = E S_12^2 (of one coordinate, both E S_11^2) a fit on v + 1 rows gives a + (2/v) b and
    b + (a + b)/v; the mean is normal given the covariances.
    """
    v, total, a, b = n - 1, 0.0, 1.0, float(same)
    for fit in range(g):
        # The covariance after this fit meets all later ones, which are on the mean what it is.
        total += (2 * (g - fit) - 1) * (a + 2 * b) / n**2
        a, b = a + 2 * b / v, b + (a + b) / v
    return total


def centre_spread(point: Point) -> float:
    """Return the variance of |mu_g - mu|^2 in the plane.

    >>> round(centre_spread({"n": 10, "g": 1, "sigma": 1.0}), 12)
    0.04
    """
    n, g = point["n"], point["g"]
    second = 2 * _squares(n, g, True) + 2 * _squares(n, g, False)
    return point["sigma"] ** 4 * (second - (2 * g / n) ** 2)


def centre_mean(point: Point) -> float:
    """Return E |mu_g - mu|^2 in the plane, 2 sigma^2 g/n.

    >>> centre_mean({"n": 10, "g": 5, "sigma": 1.0})
    1.0
    """
    return 2 * point["sigma"] ** 2 * point["g"] / point["n"]


def _in_the_plane(process: str = "gaussian(d=2, sigma={sigma})") -> Any:
    return paths(process, "replace", "mean_square_error", n="n", generations=3, at="g")


CENTRE = Check(
    id="centre",
    estimand="E |mu_g - mu|^2 in the plane, a lower bound of E W2^2",
    licence=Variance(of=centre_spread, because="moments of Wishart matrices, by recursion"),
    value=centre_mean,
    sampler=_in_the_plane(),
    points=({"n": 10, "g": 3, "sigma": 1.5},),
    mutants=lambda: (
        *moved(centre_mean),
        Mutant(name="one coordinate", value=lambda p: centre_mean(p) / 2),
        Mutant(name="estimator swapped", sampler=_in_the_plane("gaussian(d=2, sigma={sigma}, estimator=mle)")),
    ),
    delta=0.03,
    looks=LOOKS,
    budget=2**19,
    blind={"spread": "arulandu2024.recovers/spread"},
)


def _mle_risk(point: Point) -> float:
    return 2 * point["sigma"] ** 2 * (1 - root_mean(point["n"], "mle") ** point["g"])


def _unbiased(point: Point) -> float:
    return 2 * point["sigma"] ** 2 * (1 - root_mean(point["n"]) ** point["g"])


def _bounded() -> tuple[Check, ...]:
    return mean_checks(
        "gaussian(estimator=mle)",
        "replace",
        "w2",
        points=({"n": 4, "g": 6, "sigma": 1.0},),
        value=_mle_risk,
        of="exact",
        slips=(
            Mutant(name="divided by n - 1", value=lambda p: p["sigma"] ** 2 * p["g"] / p["n"] + _unbiased(p)),
            Mutant(name="the mean term alone", value=lambda p: p["sigma"] ** 2 * (1 - (1 - 1 / p["n"]) ** p["g"])),
        ),
        blind={"spread": SCALES},
        delta=0.03,
        budget=2**22,
    )


SECTION = Source(document="schaeffer2025", where="section 2.1", second_hand="Shumailov et al. 2023")
TAGS = ("gaussian", "replace")

CLAIMS = (
    Claim(
        id="schaeffer2025.w2-diverges",
        title="The expected squared distance diverges, at least like g Tr Sigma/n (unbiased fit, any dimension)",
        source=SECTION,
        says=r"\mathbb{E}[\mathbb{W}_2^2(\mathcal{N}(\hat{\mu}^{(t)}, \hat{\Sigma}^{(t)}), "
        r"\mathcal{N}(\mu^{(0)}, \Sigma^{(0)}))] \rightarrow \infty",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=(CENTRE,),
        proofs=(
            Induction(statement="E |mu_g - mu|^2 = Tr Sigma g/n, below E W2^2", parts=_coordinates, least={"n": 2}),
            Limit(statement="its inverse vanishes, so E W2^2 -> infinity", parts=_drift),
        ),
        uses=("arulandu2024.multivariate-bound",),
        tags=TAGS,
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="schaeffer2025.replace-diverges",
        title="It depends on the estimator: divided by n instead of n - 1 the risk stays below 2 sigma^2 for ever",
        source=Source(document="schaeffer2025", where="section 4.1", second_hand="Kazdan et al., Dey and Donoho 2024"),
        says=r"\text{showed mathematically that population risk diverge if data are replaced}",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=_bounded(),
        proofs=(
            Limit(statement="1/E W2^2 -> 0 for the mle, b(n) = e^-r", parts=lambda: _biased("diverges")),
            Identity(statement="E chi2_{n-1}/n = 1 - 1/n", sides=_mle_factor, of="exact"),
            Induction(
                statement="E (mu_g - mu)^2 = sigma^2 (1 - (1 - 1/n)^g): with E sigma_g^2 it makes sigma^2",
                parts=_conserved,
                of="exact",
            ),
            Limit(statement="E W2^2 = 2 sigma^2 (1 - b(n)^g) -> 2 sigma^2", parts=lambda: _biased("stays"), of="exact"),
        ),
        uses=("schaeffer2025.w2-diverges",),
        tags=TAGS,
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
