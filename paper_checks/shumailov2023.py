r"""Shumailov et al. 2023: a Gaussian refitted on its own samples moves away linearly in the generation."""

from __future__ import annotations

from typing import Any

from paper_checks import _w2
from paper_checks._claim import Claim, Source
from paper_checks._order import Order

__all__ = ["CLAIMS"]

BIBTEX = """@misc{shumailov2023,
  author = {Shumailov, Ilia and Shumaylov, Zakhar and Zhao, Yiren and Gal, Yarin and others},
  title = {The Curse of Recursion: Training on Generated Data Makes Models Forget},
  year = {2023}, eprint = {2305.17493}, archivePrefix = {arXiv}
}"""


def leading_order() -> Any:
    """Return the printed leading order for equal sample sizes, (3/2) sigma^2 g/n.

    >>> leading_order()
    3*g*sigma**2/(2*n)
    """
    n, g, sigma = _w2.symbols()
    return 3 * sigma**2 * g / (2 * n)


def remainder() -> tuple[Any, ...]:
    """Return the exact mean, the printed leading order, the size, and the coefficient of n^-2."""
    n, g, sigma = _w2.symbols()
    return _w2.mean_formula(), leading_order(), n, sigma**2 * (g / 2 - g**2 / 16)


CLAIMS = (
    Claim(
        id="shumailov2023.w2-mean",
        title="The mean squared Wasserstein distance, to leading order",
        source=Source(document="slides-wright-lee", where="Toy theoretical analysis", second_hand="Shumailov et al."),
        says=r"\mathbb{E}_{\mu_{n+1}, \sigma_{n+1}^2} [R_{W_2}^{n+1}] = \frac{3}{2} \sigma^2 "
        r"\left( \frac{1}{M_0} + \frac{1}{M_1} + \dots + \frac{1}{M_n} \right) + \mathcal{O}(2)",
        relation="order(n, 2)",
        formula=leading_order,
        exact=_w2.mean_formula,
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=_w2.mean_checks(),
        proofs=(
            Order(
                statement="E W2^2 = (3/2) sigma^2 g/n + sigma^2 (g/2 - g^2/16)/n^2 + O(n^-3)",
                parts=remainder,
                power=2,
                points=({"g": 1, "sigma": 1}, {"g": 5, "sigma": 2}, {"g": 12, "sigma": 1}),
            ),
            *_w2.exact_proofs(),
        ),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="HOLDS TO ORDER",
    ),
)
