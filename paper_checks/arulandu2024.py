r"""Arulandu 2024: mean and variance of W2^2 of a refitted Gaussian, and the mean of its variance.

By equation (1) the model of generation g is fitted on T_{g-1} samples, so g sample sizes have entered, T_0 to
T_{g-1}; the sums of equation (2) run from j = 0 to g and have g + 1 terms.
"""

from __future__ import annotations

from typing import Any

from paper_checks import _martingale, _w2
from paper_checks._claim import Claim, Source
from paper_checks._order import Order

__all__ = ["CLAIMS"]

BIBTEX = """@misc{arulandu2024,
  author = {Arulandu, Alvan Caleb},
  title = {Surveying Model Collapse: Empirics, Universality, and Implications},
  year = {2024}
}"""
POINTS = ({"g": 1, "sigma": 1}, {"g": 3, "sigma": 2})


def printed_mean() -> Any:
    """Return the printed mean without its remainder, for T_j = n: (3/2) sigma^2 (g + 1)/n.

    >>> printed_mean()
    3*sigma**2*(g + 1)/(2*n)
    """
    n, g, sigma = _w2.symbols()
    return 3 * sigma**2 * (g + 1) / (2 * n)


def printed_variance(terms: int = 1, pairs: int = 1) -> Any:
    """Return the printed variance without its remainder, for T_j = n, with m = g + 1 terms in each sum.

    (sigma^4/2) (3 m + 4 m (m - 1))/n^2. Two slips of the pen could save it: m = g (``terms`` 0), and i != j meant
    for unordered pairs (``pairs`` 2 divides their number).
    """
    n, g, sigma = _w2.symbols()
    m = g + terms
    return sigma**4 * (3 * m + 4 * m * (m - 1) / pairs) / (2 * n**2)


def exact_variance() -> Any:
    """Return the exact variance, the formula that ``tailfade value gaussian.w2_variance`` evaluates."""
    from theory.quantity import find

    form = find("gaussian.w2_variance").form({})
    own = {symbol.name: symbol for symbol in _w2.symbols()}
    return form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols})


def leading_variance() -> Any:
    """Return the leading order of the exact variance, (5/2) sigma^4 g^2/n^2."""
    n, g, sigma = _w2.symbols()
    return 5 * sigma**4 * g**2 / (2 * n**2)


def _reading(terms: int, pairs: int) -> Order:
    """Return the step that tries one reading of the printed variance; none of the four has the right order."""
    sums = f"{'g + 1' if terms else 'g'} terms, {'unordered' if pairs == 2 else 'ordered'} pairs"
    return Order(
        statement=f"Var W2^2 = (sigma^4/2) (sum 3/T_j^2 + sum 4/(T_i T_j)) + O(n^-3), {sums}",
        parts=lambda: (exact_variance(), printed_variance(terms, pairs), _w2.symbols()[0], None),
        power=3,
        points=POINTS,
    )


SOURCE = Source(document="arulandu2024", where="section 3.1, eq. (2)", second_hand="Shumailov et al. 2024")

CLAIMS = (
    Claim(
        id="arulandu2024.w2-mean",
        title="The mean squared Wasserstein distance, with one sample size too many",
        source=SOURCE,
        says=r"\mathbb{E}_{\mu_g, \sigma_g^2}[R_{W_2}^g] = \frac{3\sigma^2}{2} \sum_{j=0}^g \frac{1}{T_j} "
        r"+ O(\max_j M_j^{-2})",
        relation="order(n, 2)",
        formula=printed_mean,
        exact=_w2.mean_formula,
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=_w2.mean_checks(),
        proofs=(
            Order(
                statement="E W2^2 = (3/2) sigma^2 (g + 1)/n + O(n^-2)",
                parts=lambda: (_w2.mean_formula(), printed_mean(), _w2.symbols()[0], None),
                power=2,
                points=POINTS,
            ),
            *_w2.exact_proofs(),
        ),
        uses=("shumailov2023.w2-mean",),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="arulandu2024.w2-variance",
        title="The variance of the squared Wasserstein distance",
        source=SOURCE,
        says=r"\text{Var}_{\mu_g, \sigma_g^2}[R_{W_2}^g] = \frac{\sigma^4}{2} \left( \sum_{j=0}^g \frac{3}{T_j^2} "
        r"+ \sum_{i \neq j} \frac{4}{T_i T_j} \right) + O(\max_j M_j^{-3})",
        relation="order(n, 3)",
        formula=printed_variance,
        exact=exact_variance,
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=_w2.spread_checks(),
        proofs=(
            *(_reading(terms, pairs) for terms in (1, 0) for pairs in (1, 2)),
            Order(
                statement="Var W2^2 = (5/2) sigma^4 g^2/n^2 + O(n^-3)",
                parts=lambda: (exact_variance(), leading_variance(), _w2.symbols()[0], None),
                power=3,
                points=POINTS,
                of="exact",
            ),
        ),
        uses=("shumailov2023.w2-mean",),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="arulandu2024.variance-martingale",
        title="An unbiased refit keeps the mean of the variance, also where nearly every path has lost it",
        source=Source(document="arulandu2024", where="section 3.1.1, first display; equation (1) has the property"),
        says=r"\mathbb{E}_{X_{i-1}^j}(\Sigma_i) = \Sigma_{i-1}",
        relation="equal",
        formula=_martingale.printed,
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=_martingale.checks(),
        proofs=_martingale.proofs(),
        tags=("gaussian", "replace", "heavy-tail"),
        bibtex=BIBTEX,
        expected="EXACT",
    ),
)
