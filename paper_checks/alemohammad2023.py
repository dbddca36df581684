r"""Alemohammad et al. 2023 on a Gaussian: draws of too small a variance collapse it, fresh real rows stop that.

If a model's draws have lambda times its variance and the first fit is on real data, the unbiased fit gives

.. math:: E\sigma_g^2 = \sigma^2 \lambda^{g-1}, \qquad
   E(\mu_g - \mu)^2 = \frac{\sigma^2}{n} \frac{1 - \lambda^g}{1 - \lambda}.

With r >= 2 new real rows beside s draws in every fit, N = r + s, the two means follow a linear recursion that
contracts for every lambda <= 1, to a variance that is positive however small the share r/N is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks._claim import Assumption, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._moments_pooled import Corpus, pooled_moment
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._watched import Watched

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
BIASED: tuple[Point, ...] = ({"n": 10, "g": 4, "sigma": 1.5, "lam": 0.5}, {"n": 10, "g": 4, "sigma": 1.0, "lam": 0.875})
MIXED: tuple[Point, ...] = ({"n": 12, "real": 3, "g": 4, "lam": 1.0}, {"n": 12, "real": 3, "g": 4, "lam": 0.75})
BIBTEX = """@misc{alemohammad2023,
  author = {Alemohammad, Sina and Casco-Rodriguez, Josue and Luzi, Lorenzo and Humayun, Ahmed Imtiaz and others},
  title = {Self-Consuming Generative Models Go {MAD}},
  year = {2023}, eprint = {2307.01850}, archivePrefix = {arXiv}
}"""


def _biased(point: Point, power: int) -> Fraction:
    """Return E sigma_g^(2 power) under sampling bias."""
    corpus = Corpus(rows=((point["n"], 0),) * point["g"], lam=Fraction(point["lam"]))
    return Fraction(point["sigma"]) ** (2 * power) * pooled_moment(corpus, 0, power)


def _mixed(point: Point, power: int) -> Fraction:
    """Return E sigma_g^(2 power) of the MLE with new real rows in every fit, the first one on them alone."""
    rows = ((0, point["real"]), *((point["n"], point["real"]),) * (point["g"] - 1))
    return pooled_moment(Corpus(rows=rows, c=0, lam=Fraction(point["lam"])), 0, power)


def symbols() -> tuple[Any, ...]:
    """Return n, g, sigma and lambda."""
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return n, g, sympy.Symbol("sigma", positive=True), sympy.Symbol("lam", positive=True)


def biased() -> Any:
    """Return E sigma_g^2 under sampling bias.

    >>> biased()
    lam**(g - 1)*sigma**2
    """
    _, g, sigma, lam = symbols()
    return sigma**2 * lam ** (g - 1)


def _biased_steps() -> tuple[Any, ...]:
    _, g, sigma, lam = symbols()
    return biased(), g, lambda v, g: v * lam, sigma**2


def _biased_error() -> tuple[Any, ...]:
    """Return E (mu_g - mu)^2 by the recursion that adds lambda E sigma_{g-1}^2/n; at g = 1 the data are real."""
    n, g, sigma, lam = symbols()
    closed = sigma**2 / n * (1 - lam**g) / (1 - lam)
    return closed, g, lambda v, g: v + lam * sigma**2 * lam ** (g - 2) / n, sigma**2 / n


def _collapses() -> tuple[Any, ...]:
    """Return lambda^(g - 1) with lambda = 1/(1 + x) < 1, its variable, and 0."""
    import sympy

    g, x = symbols()[1], sympy.Symbol("x", positive=True)
    return sympy.exp(-(g - 1) * sympy.log(1 + x)), g, sympy.Integer(0)


def _mixture() -> tuple[Any, ...]:
    """Return r, s, lambda, and E (mu - mu_g)^2 = m and E sigma_g^2 = v, symbols of the loop with real rows."""
    import sympy

    r, s = (sympy.Symbol(name, integer=True, positive=True) for name in "rs")
    lam = sympy.Symbol("lam", positive=True)
    return r, s, lam, *sympy.symbols("m v")


def _step(m: Any, v: Any, *, fresh: bool) -> tuple[Any, Any]:
    """Return (m, v) after a fit of the MLE on r real rows and s draws; with fixed rows m is about their mean.

    Scatters: r - 1 of the real rows, (s - 1) lambda v of the draws, (r s/N) of the squared distance of their means.
    """
    r, s, lam, *_ = _mixture()
    size = r + s
    apart = (1 / r if fresh else 0) + m + lam * v / s
    mean = (r / size) ** 2 * (1 / r if fresh else 0) + (s / size) ** 2 * (m + lam * v / s)
    return mean, ((r - 1) + (s - 1) * lam * v + r * s / size * apart) / size


def resting(*, fresh: bool) -> Any:
    """Return the variance at which the loop rests, sigma = 1, from the two linear equations of the fixed point.

    >>> sorted(map(str, resting(fresh=True).free_symbols))
    ['lam', 'r', 's']
    """
    import sympy

    *_, m, v = _mixture()
    after = _step(m, v, fresh=fresh)
    return sympy.factor(sympy.solve([after[0] - m, after[1] - v], [m, v])[v])


def _printed_fixed_point() -> tuple[Any, ...]:
    """Return the fixed point of the loop with fresh rows at lambda = 1, and 0, where diversity would be lost."""
    lam = _mixture()[2]
    return resting(fresh=True).subs(lam, 1), 0


def _closed(*, fresh: bool) -> tuple[Any, ...]:
    """Return the fixed point and its formula, q = r + 2 s."""
    r, s, lam, *_ = _mixture()
    size, q = r + s, r + 2 * s
    below = size - (s - 1) * lam - lam * size / q
    return resting(fresh=fresh), (r - 1 + (2 * s / q if fresh else 0)) / below


def _positive(*, fresh: bool) -> tuple[Any, ...]:
    """Return the fixed point with lambda = 1/(1 + x) <= 1 and r >= 2, which is positive."""
    import sympy

    r, s, lam, *_ = _mixture()
    x = sympy.Symbol("x", nonnegative=True)
    return sympy.together(resting(fresh=fresh).subs(lam, 1 / (1 + x))), {r: 2, s: 1, x: 0}


def _contracts(side: str) -> tuple[Any, ...]:
    """Return 2 - trace, or (1 - a)(1 - d) - b c, of the step's matrix: entries >= 0 and both > 0, so it contracts."""
    import sympy

    r, s, lam, m, v = _mixture()
    after = _step(m, v, fresh=True)
    a, b = (sympy.diff(after[0], by) for by in (m, v))
    c, d = (sympy.diff(after[1], by) for by in (m, v))
    x = sympy.Symbol("x", nonnegative=True)
    sign = 2 - a - d if side == "trace" else (1 - a) * (1 - d) - b * c
    return sympy.together(sign.subs(lam, 1 / (1 + x))), {r: 1, s: 1, x: 0}


def _by_recursion() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the linear recursion, and gaussian.fresh_variance_mean, against the moments of the very fits."""
    from theory.quantity import find

    m, v = Fraction(1, 3), Fraction(2, 3)
    for g in range(1, 6):
        if g > 1:
            r, s, size = 3, 12, Fraction(15)
            apart = Fraction(1, r) + m + v / s
            m, v = (
                Fraction(r) / size**2 + (s / size) ** 2 * (m + v / s),
                (r - 1 + (s - 1) * v + r * s / size * apart) / size,
            )
        exact = _mixed({"n": 12, "real": 3, "g": g, "lam": 1}, 1)
        words = {"n_real": 3, "n_syn": 12, "g": g - 1, "estimator": "mle"}
        yield f"the recursion, g = {g}", v, exact
        yield f"gaussian.fresh_variance_mean, g = {g}", find("gaussian.fresh_variance_mean").evaluate(words), exact


def _limit(point: Point) -> float:
    from theory.quantity import find

    words = {"n_real": point["real"], "n_syn": point["n"], "lam": point["lam"]}
    return find("gaussian.fresh_variance_limit").evaluate(words)


VARIANCE = Watched(
    process="gaussian(sigma={sigma}, lam={lam})",
    workflow="replace",
    metric="variance",
    raw=_biased,
    points=BIASED,
    because="a product of independent chi-squares",
    steps=("g",),
    slips=(
        Mutant(name="lambda^g, as if real data were biased too", value=lambda p: p["sigma"] ** 2 * p["lam"] ** p["g"]),
        Mutant(name="no bias", value=lambda p: p["sigma"] ** 2),
        Mutant(name="lambda^(2 (g - 1))", value=lambda p: p["sigma"] ** 2 * p["lam"] ** (2 * p["g"] - 2)),
    ),
)
FRESH = Watched(
    process="gaussian(estimator=mle, lam={lam})",
    workflow="fresh(schedule(replace, sizes=[0, {n}]), count={real})",
    metric="variance",
    raw=_mixed,
    points=MIXED,
    because="means and scatters are polynomials in independent normals and chi-squares",
    slips=(
        Mutant(name="the fixed point", value=_limit),
        Mutant(name="no real rows after the first fit", value=lambda p: 2 / 3 * ((1 - 1 / p["n"]) * p["lam"]) ** 3),
    ),
)

CLAIMS = (
    Claim(
        id="alemohammad2023.bias",
        title="Draws with lambda < 1 times the variance of their model collapse it, by lambda^(g-1)",
        source=Source(document="schaeffer2025", where="section 2, definition 4", second_hand="Alemohammad et al. 2023"),
        says=r"\text{variance (or diversity) trends towards 0 \dots over successive model-fitting iterations}",
        relation="limit",
        formula=biased,
        domain={"n": (2, None), "g": (1, None), "sigma": "sigma > 0", "lam": "0 < lam < 1"},
        assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
        checks=(
            VARIANCE.mean("variance", "E sigma_g^2 where draws have lambda times the variance of their model"),
            VARIANCE.spread("variance-spread", "the variance of sigma_g^2"),
        ),
        proofs=(
            Induction(statement="E sigma_g^2 = sigma^2 lambda^(g-1)", parts=_biased_steps, least={"lam": (0, 1)}),
            Limit(statement="lambda^(g-1) -> 0 for lambda < 1", parts=_collapses),
            Induction(
                statement="E (mu_g - mu)^2 = (sigma^2/n)(1 - lambda^g)/(1 - lambda)",
                parts=_biased_error,
                least={"lam": (0, 1)},
            ),
        ),
        tags=("gaussian", "replace", "bias"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="alemohammad2023.fresh",
        title="A Gaussian needs no minimal share of fresh real rows: any two a generation keep its diversity",
        source=Source(document="alemohammad2023", where="abstract"),
        says=r"\text{without enough fresh real data in each generation of an autophagous loop, future generative "
        r"models are doomed to have their quality (precision) or diversity (recall) progressively decrease}",
        relation="limit",
        exact=lambda: resting(fresh=True),
        domain={"n": (1, None), "real": (2, None), "g": (1, None), "lam": "0 < lam <= 1"},
        checks=(
            FRESH.mean("variance", "E sigma_g^2 with 3 new real rows beside 12 draws in every fit", of="exact"),
            FRESH.spread("variance-spread", "the variance of sigma_g^2", of="exact"),
        ),
        proofs=(
            Identity(
                statement="with few fresh rows the variance has no resting place but 0",
                sides=_printed_fixed_point,
                least={"r": 2},
            ),
            Identity(
                statement="v* = (r - 1 + 2 s/q)/(N - (s - 1) lambda - lambda N/q), q = r + 2 s",
                sides=lambda: _closed(fresh=True),
                least={"lam": (0, 1)},
                of="exact",
            ),
            Inequality(statement="v* > 0", parts=lambda: _positive(fresh=True), of="exact"),
            Inequality(statement="the step contracts: trace < 2", parts=lambda: _contracts("trace"), of="exact"),
            Inequality(statement="the step contracts: det(1 - A) > 0", parts=lambda: _contracts("det"), of="exact"),
            Identity(
                statement="one fixed real set: v* = (r - 1)/(N - (s - 1) lambda - lambda N/q)",
                sides=lambda: _closed(fresh=False),
                least={"lam": (0, 1)},
                of="exact",
            ),
            Inequality(statement="one fixed real set: v* > 0", parts=lambda: _positive(fresh=False), of="exact"),
        ),
        enumerations=(
            Enumeration(statement="the recursion of the two means, against the fits", cases=_by_recursion, of="exact"),
        ),
        tags=("gaussian", "fresh", "mle"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
