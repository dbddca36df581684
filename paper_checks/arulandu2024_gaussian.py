r"""Arulandu 2024, section 3.1: the draws of a refitted Gaussian, the factors of its variance, and their laws.

A fit multiplies the variance by S = chi2_{T-1}/(T - 1) and moves the centre by a normal of variance sigma_{i-1}^2/T. So
:math:`X_g - \mu` is normal with a random variance; its law is known exactly, and it is no variance-gamma law.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from paper_checks import _draws, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks.arulandu2024 import BIBTEX

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)
SECTION = Source(document="arulandu2024", where="section 3.1", second_hand="Shumailov et al. 2024")
MLE = "gaussian(sigma={sigma}, estimator=mle)"


def printed_variance() -> Any:
    """Return the printed variance of a draw for T_j = n, sigma^2 (1 + g/n).

    >>> printed_variance()
    sigma**2*(g/n + 1)
    """
    n, g, sigma = _w2.symbols()
    return sigma**2 * (1 + g / n)


# The variance of a draw.


def _scheduled() -> tuple[Any, ...]:
    """Return the variance after g fits on T_0, T_1, …, its recursion and the value after one fit.

    X_g = mu_{g-1} + sigma_{g-1} (Z/sqrt T_{g-1} + sqrt(S_g) Z'): in place of the 1 that a draw of model g - 1 has.
    """
    import sympy

    _, g, sigma = _w2.symbols()
    j, size = sympy.Dummy("j", integer=True), sympy.Function("T", positive=True)
    mean = sympy.gammasimp(_draws.factor_moment(1)[0])
    total: Any = sympy.Sum(1 / size(j), (j, 0, g - 1))
    return (
        sigma**2 * (1 + total),
        g,
        lambda v, g: v + sigma**2 * (1 / size(g - 1) + mean - 1),
        sigma**2 * (1 / size(0) + mean),
    )


def _constant() -> tuple[Any, ...]:
    n, g, sigma = _w2.symbols()
    mean, _ = _draws.factor_moment(1)
    return printed_variance(), g, lambda v, g: v + sigma**2 * (1 / n + mean - 1), sigma**2 * (1 / n + mean)


def _repository() -> tuple[Any, ...]:
    from theory.quantity import find

    form = find("gaussian.marginal_variance").form({})
    own = {symbol.name: symbol for symbol in _w2.symbols()}
    return form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols}), printed_variance()


def _square(x: np.ndarray, point: Point) -> np.ndarray:
    return _draws.one_draw(x, point) ** 2


def _later(x: np.ndarray, point: Point) -> np.ndarray:
    return _square(x, {**point, "g": point["g"] + 1})


def _variance_slips() -> tuple[Mutant, ...]:
    from paper_checks._formula_mutants import as_mutants

    return (
        *as_mutants(printed_variance(), _w2.NAMES),
        Mutant(name="the variance of the model, not of its draws", value=lambda p: p["sigma"] ** 2),
        Mutant(name="the variance of the centre alone", value=lambda p: p["sigma"] ** 2 * p["g"] / p["n"]),
        Mutant(name="estimator swapped", sampler=_draws.centres(_square, process=MLE)),
        Mutant(name="generation off by one", sampler=_draws.centres(_later)),
    )


VARIANCE = Check(
    id="mean",
    estimand="E (X_g - mu)^2 of one draw X_g of model g",
    licence=Variance(
        of=lambda p: _draws.draw_moment(p, 4) - _draws.draw_moment(p, 2) ** 2,
        because="fourth moments of products of chi-squares, by recursion",
    ),
    value=lambda p: _draws.draw_moment(p, 2),
    sampler=_draws.centres(_square),
    points=({"n": 10, "g": 1, "sigma": 1.0}, {"n": 10, "g": 4, "sigma": 1.5}),
    mutants=_variance_slips,
    delta=0.03,
    looks=LOOKS,
    budget=2**21,
    blind={"spread": "arulandu2024.variance-gamma/law"},
)


# The law of a draw.


def _transform() -> tuple[Any, ...]:
    """Return both sides of E exp(it (X_1 - mu)), t in units of 1/sigma and k = n - 1: integrated over S, and closed."""
    import sympy

    s, t, k, b = sympy.symbols("s t k b", positive=True)
    density = s ** (k / 2 - 1) / (2 ** (k / 2) * sympy.gamma(k / 2))
    mixed = sympy.integrate(density * sympy.exp(-b * s / 2), (s, 0, sympy.oo), conds="none")
    closed = sympy.expand_power_base(mixed).subs(b, 1 + t**2 / k)
    centre = sympy.exp(-(t**2) / (2 * (k + 1)))
    return centre * closed, centre * (1 + t**2 / k) ** (-k / 2)


def _cumulants(expression: Any, t: Any) -> tuple[Any, ...]:
    """Return minus the coefficients of t^2, t^4, t^6 in a series, alternating in sign: all positive here."""
    return tuple((-1) ** power * expression.diff(t, 2 * power).subs(t, 0) for power in (1, 2, 3))


def _family() -> tuple[Any, ...]:
    """Return both sides of kappa_2 kappa_6 = (10/3) kappa_4^2 for every symmetric variance-gamma law.

    Its characteristic function is (1 + a t^2)^(-k); asymmetric or shifted ones have odd cumulants, which X_1 - mu
    has not.
    """
    import sympy

    t, a, k = sympy.Symbol("t"), sympy.Symbol("a", positive=True), sympy.Symbol("k", positive=True)
    second, fourth, sixth = _cumulants(-k * sympy.log(1 + a * t**2), t)
    return second * sixth, sympy.Rational(10, 3) * fourth**2


def _membership() -> tuple[Any, ...]:
    """Return both sides of the same for the draw X_1."""
    import sympy

    t, n = sympy.Symbol("t"), sympy.Symbol("n", integer=True, positive=True)
    log = -(t**2) / (2 * n) - (n - 1) / sympy.Integer(2) * sympy.log(1 + t**2 / (n - 1))
    second, fourth, sixth = _cumulants(log, t)
    return second * sixth, sympy.Rational(10, 3) * fourth**2


def _about_own_centre(fits: int) -> tuple[Any, ...]:
    """Return both sides of m_3 = m_2 (2 m_2 - 1), which a gamma variance of mean 1 has, for a product of factors S."""
    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    moments = map(_draws.factor_moment, (2, 3))
    simple: list[Any] = [sympy.gammasimp(moment) for moment, _ in moments]
    m2, m3 = (each.subs(_draws.factor_moment(1)[1], n - 1) for each in simple)
    return m3**fits, m2**fits * (2 * m2**fits - 1)


def _law_slips() -> tuple[Mutant, ...]:
    def second(x: np.ndarray, point: Point) -> np.ndarray:
        return _draws.one_draw(x, {**point, "g": point["g"] + 1})

    wrong: dict[str, Callable[[Point], Any]] = {
        "variance-gamma with its variance and fourth moment": lambda p: _draws.draw_law(p, matched=2),
        "variance-gamma with its variance": lambda p: _draws.draw_law(p, matched=1),
        "about the fitted centre": lambda p: _draws.draw_law(p, spread=0.0),
        "degrees of freedom + 1": lambda p: _draws.draw_law(p, dof=1),
        "n -> n + 1": lambda p: _draws.draw_law({**p, "n": p["n"] + 1}),
    }
    return (
        *(Mutant(name=name, value=value) for name, value in wrong.items()),
        Mutant(name="estimator swapped", sampler=_draws.centres(_draws.one_draw, process=MLE)),
        Mutant(name="generation off by one", sampler=_draws.centres(second)),
    )


DRAW = Check(
    id="law",
    estimand="the law of X_1 - mu, one draw of model 1",
    licence=WholeLaw(),
    value=lambda p: _draws.draw_law(p),
    sampler=_draws.centres(_draws.one_draw),
    points=({"n": 2, "g": 1, "sigma": 1.0}, {"n": 4, "g": 1, "sigma": 1.5}),
    mutants=_law_slips,
    gap=0.02,
    of="exact",
    looks=LOOKS,
    budget=2**22,
)


# The factor of the variance.


def factor_law(point: Point, *, dof: int = 0, rate: float = 0.5) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of Gamma(shape (n - 1)/2, rate)/(n - 1).

    >>> factor_law({"n": 3})(np.array([0.0, 1.0])).round(6)
    array([0.      , 0.632121])
    """
    from scipy import special

    k = point["n"] - 1
    return lambda x: special.gammainc((k + dof) / 2, rate * k * np.maximum(x, 0.0))


def _ratio(x: np.ndarray, point: Point) -> np.ndarray:
    return np.exp(2 * (x[:, -1] - x[:, -2]))


def _normals() -> tuple[Any, ...]:
    """Return E exp(-a times the scatter of n normals) and the transform of Gamma((n - 1)/2, rate 1/2).

    The sum of the n squares is the scatter and the square of sqrt(n) times their mean, which are independent (Cochran),
    so its transform is divided by that of one square.
    """
    import sympy

    z, a, s = sympy.Symbol("z", real=True), sympy.Symbol("a", positive=True), sympy.Symbol("s", positive=True)
    n = sympy.Symbol("n", integer=True, positive=True)
    shape, rate = sympy.Symbol("k", positive=True), sympy.Rational(1, 2)
    normal = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    square = sympy.integrate(sympy.exp(-a * z**2) * normal, (z, -sympy.oo, sympy.oo))
    front = s ** (shape - 1) * rate**shape / sympy.gamma(shape)
    gamma = sympy.integrate(front * sympy.exp(-(a + rate) * s), (s, 0, sympy.oo), conds="none")
    return square**n / square, gamma.subs(shape, (n - 1) / sympy.Integer(2))


def _mean_one(rate: int) -> tuple[Any, ...]:
    """Return E S under a reading of the second parameter, 1/2 or its inverse as a rate, and what the refit needs, 1."""
    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    return (n - 1) / sympy.Integer(2) / sympy.Rational(rate, 2) / (n - 1), sympy.Integer(1)


def _factors(process: str = "gaussian(sigma={sigma})") -> Loop:
    # Rows are drawn and fitted: the other roads draw the chi-square of the statement itself.
    return Loop(process=process, workflow="replace", metric="log_sd", n="n", at=2, road="samples", outcome=_ratio)


FACTOR = Check(
    id="law",
    estimand="the law of sigma_2^2/sigma_1^2",
    licence=WholeLaw(),
    value=factor_law,
    sampler=_factors().sampler(),
    points=({"n": 4, "sigma": 1.0}, {"n": 10, "sigma": 1.5}),
    mutants=lambda: (
        Mutant(name="1/2 read as a scale", value=lambda p: factor_law(p, rate=2.0)),
        Mutant(name="degrees of freedom + 1", value=lambda p: factor_law(p, dof=1)),
        Mutant(name="degrees of freedom - 1", value=lambda p: factor_law(p, dof=-1)),
        *sampler_mutants(_factors(), only=("estimator swapped",)),
        Mutant(name="two factors for one", sampler=replace(_factors(), at=3, outcome=_two).sampler()),
    ),
    gap=0.02,
    looks=LOOKS,
    budget=2**19,
)


def _two(x: np.ndarray, point: Point) -> np.ndarray:
    return np.exp(2 * (x[:, -1] - x[:, -3]))


CLAIMS = (
    Claim(
        id="arulandu2024.marginal-variance",
        title="The variance of one draw of model g, the spread of the model's own centre included (unbiased fit)",
        source=SECTION,
        says=r"\frac{1}{\sigma^2} \text{Var}(X_g^j) = \sum_{j=0}^{g-1} \frac{1}{T_j} + 1 + O(\max_j M_j^{-2}) "
        r"\Rightarrow \text{Var}(X_g^j) = \sigma^2 \left(1 + \frac{g}{T}\right)",
        relation="equal",
        formula=printed_variance,
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=(VARIANCE,),
        proofs=(
            Identity(statement="E S = E chi2_k/k = 1", sides=lambda: (_draws.factor_moment(1)[0], 1), least={"k": 1}),
            Induction(statement="Var X_g = sigma^2 (1 + sum_{j<g} 1/T_j) for any sizes T_j", parts=_scheduled),
            Induction(statement="Var X_g = sigma^2 (1 + g/T) for one size: the remainder is 0", parts=_constant),
            Identity(statement="gaussian.marginal_variance, as this repository writes it", sides=_repository),
        ),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="EXACT",
    ),
    Claim(
        id="arulandu2024.variance-gamma",
        title="A draw of a refitted Gaussian is no variance-gamma variable about the true mean, for no parameters",
        source=Source(
            document="arulandu2024", where="section 3.1, below eq. (1)", second_hand="Fischer, Gaunt and Sarantsev 2023"
        ),
        says=r"X_i^j \text{ follows a variance-gamma distribution}",
        relation="law",
        domain={"n": (2, None), "sigma": "sigma > 0"},
        assumptions=(_w2.ENOUGH,),
        checks=(DRAW,),
        proofs=(
            Identity(
                statement="kappa_2 kappa_6 = (10/3) kappa_4^2 for X_1 - mu, as variance-gamma",
                sides=_membership,
                least={"n": 2},
            ),
            Identity(
                statement="m_3 = m_2 (2 m_2 - 1) for the variance of X_2 - mu_2, a product of two factors S",
                sides=lambda: _about_own_centre(2),
                least={"n": 2},
            ),
            Identity(statement="kappa_2 kappa_6 = (10/3) kappa_4^2 for variance-gamma laws", sides=_family, of="exact"),
            Identity(
                statement="E exp(it(X_1 - mu)/sigma) = exp(-t^2/(2n)) (1 + t^2/(n-1))^(-(n-1)/2)",
                sides=_transform,
                of="exact",
            ),
            Identity(
                statement="m_3 = m_2 (2 m_2 - 1) for S itself: X_1 - mu_1 is variance-gamma",
                sides=lambda: _about_own_centre(1),
                least={"n": 2},
                of="exact",
            ),
        ),
        uses=("arulandu2024.scale-factor",),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="arulandu2024.scale-factor",
        title="The factor of the variance is a gamma variable, the second parameter 1/2 read as a rate",
        source=Source(document="arulandu2024", where="section 3.1, below eq. (1)", second_hand="Cochran 1934"),
        says=r"S_i \sim \frac{1}{T_{i-1} - 1} \Gamma\left(\frac{T_{i-1} - 1}{2}, \frac{1}{2}\right)",
        relation="law",
        domain={"n": (2, None), "sigma": "sigma > 0"},
        assumptions=(_w2.ENOUGH,),
        checks=(FACTOR,),
        proofs=(
            Identity(statement="the scatter of n normals is Gamma((n-1)/2, rate 1/2)", sides=_normals, least={"n": 2}),
            Identity(statement="E S = 1 with the rate 1/2", sides=lambda: _mean_one(1), least={"n": 2}),
        ),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="EXACT",
    ),
)
