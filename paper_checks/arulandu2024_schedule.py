r"""Arulandu 2024, section 3.1: for which growing sample sizes the risk of a refitted Gaussian stays bounded.

For any sizes :math:`E W_2^2 = \sigma^2 [s_1 + 2(1 - \prod_j c_4(T_j))]` with :math:`s_1 = \sum_j 1/T_j` (unbiased fit)
and 0 < c4 < 1, so it lies between :math:`\sigma^2 s_1` and :math:`\sigma^2 (s_1 + 2)`: bounded iff s1 is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paper_checks import _draws, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks.arulandu2024 import BIBTEX

__all__ = ["CLAIMS", "dyadic", "thinned"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)

#: The spread of W2^2 is watched where its law is known.
WATCHED = "arulandu2024.w2-variance/law"


def dyadic(g: int) -> list[int]:
    """Return superlinear sizes T_1, …, T_g that let the risk diverge: T_j = 4 2^m (m + 1) on 2^m <= j < 2^(m+1).

    >>> dyadic(7)
    [4, 16, 16, 48, 48, 48, 48]
    """
    return [4 * 2**m * (m + 1) for m in (j.bit_length() - 1 for j in range(1, g + 1))]


def thinned(g: int) -> list[int]:
    """Return sizes that keep the risk bounded and are not superlinear: 4 j at powers of two, else 4 j(j + 1).

    >>> thinned(5)
    [4, 8, 48, 16, 120]
    """
    return [4 * j if j & (j - 1) == 0 else 4 * j * (j + 1) for j in range(1, g + 1)]


# Bounded or not.


def _blocks() -> tuple[Any, ...]:
    """Return both sides of sum over a block of 1/(4 2^m (m + 1)) = 1/(4 (m + 1))."""
    import sympy

    j, m = sympy.Dummy("j", integer=True), sympy.Symbol("m", integer=True, nonnegative=True)
    block: Any = sympy.Sum(1 / (4 * 2**m * (m + 1)), (j, 2**m, 2 ** (m + 1) - 1))
    return block.doit(), 1 / (4 * (m + 1))


def _superlinear() -> tuple[Any, ...]:
    """Return T_j - 2 (m + 1) j for j = 2 p - 1 - r in a block of p = 2^m: T_j/j > 2 (m + 1)."""
    import sympy

    m, r = sympy.symbols("m r", integer=True, nonnegative=True)
    p = sympy.Symbol("p", integer=True, positive=True)
    return 4 * p * (m + 1) - 2 * (m + 1) * (2 * p - 1 - r), {m: 0, r: 0, p: 1}


def _inverse_sum() -> tuple[Any, ...]:
    """Return 1/s1 after M blocks, M, and what it would tend to if s1 had the limit C."""
    import sympy

    blocks, limit = sympy.Symbol("M", integer=True, positive=True), sympy.Symbol("C", positive=True)
    return 4 / sympy.harmonic(blocks), blocks, 1 / limit


def _telescoped() -> tuple[Any, ...]:
    """Return both sides of sum_{j<=J} 1/(4 j(j + 1)) = (1 - 1/(J + 1))/4."""
    import sympy

    j, last = sympy.Dummy("j", integer=True, positive=True), sympy.Symbol("J", integer=True, positive=True)
    whole: Any = sympy.Sum(1 / (4 * j * (j + 1)), (j, 1, last))
    return whole.doit(), (1 - 1 / (last + 1)) / 4


def _powers() -> tuple[Any, ...]:
    """Return sum_{m<=M} 1/(4 2^m), M, its recursion and its start."""
    import sympy

    m = sympy.Symbol("M", integer=True, nonnegative=True)
    return (2 - 2 ** (-m)) / 4, m, lambda v, m: v + 2 ** (-m) / sympy.Integer(4), sympy.Rational(1, 4)


def _unreached() -> tuple[Any, ...]:
    """Return the two sums less 3/4, with 1/(1 + x) = 2^-M: positive if the sum of the inverse sizes ever got there."""
    import sympy

    last, x = sympy.Symbol("J", integer=True, positive=True), sympy.Symbol("x", nonnegative=True)
    return (2 - 1 / (1 + x)) / 4 + (1 - 1 / (last + 1)) / 4 - sympy.Rational(3, 4), {last: 1, x: 0}


def _gap_of_roots() -> tuple[Any, ...]:
    """Return both sides of E (1 - sqrt S)^2 = 2 (1 - c4): what is positive on the left makes c4 < 1."""
    import sympy

    one, k = _draws.factor_moment(1)
    half, _ = _draws.factor_moment(sympy.Rational(1, 2))
    c4 = sympy.sqrt(2 / k) * sympy.gamma((k + 1) / 2) / sympy.gamma(k / 2)
    return 1 - 2 * half + one, 2 * (1 - c4)


def _centre() -> tuple[Any, ...]:
    import sympy

    _, g, sigma = _w2.symbols()
    j, size = sympy.Dummy("j", integer=True), sympy.Function("T", positive=True)
    total: Any = sympy.Sum(1 / size(j), (j, 1, g))
    return sigma**2 * total, g, lambda v, g: v + sigma**2 / size(g), sigma**2 / size(1)


def _scale() -> tuple[Any, ...]:
    """Return E sigma_g, a product of roots, its recursion and its start."""
    import sympy

    _, g, sigma = _w2.symbols()
    j, size = sympy.Dummy("j", integer=True), sympy.Function("T", positive=True)
    half, k = _draws.factor_moment(sympy.Rational(1, 2))
    root: Any = sympy.gammasimp(half)
    kept: Any = sympy.Product(root.subs(k, size(j) - 1), (j, 1, g))
    return sigma * kept, g, lambda v, g: v * root.subs(k, size(g) - 1), sigma * root.subs(k, size(1) - 1)


def _between(side: int) -> tuple[Any, ...]:
    """Return how far 2 (1 - c) is above 0 or below 2, with c = 1/(1 + x) the product of the c4."""
    import sympy

    x = sympy.Symbol("x", nonnegative=True)
    part = 2 * (1 - 1 / (1 + x))
    return (part if side == 0 else 2 - part), {x: 0}


def _given(function: str, point: Point, sizes: list[int] | None = None, g: int | None = None) -> float:
    from theory.quantity import find

    n = list(point["sizes"]) if sizes is None else sizes
    return find(function).evaluate({"n": n, "g": g or point["g"], "sigma": point["sigma"]})


def _scheduled() -> Loop:
    return Loop(
        process="gaussian(sigma={sigma})", workflow="schedule(replace, sizes={sizes})", metric="w2", n=4, at="g"
    )


def _schedule_slips() -> tuple[Mutant, ...]:
    def moved(sizes: Callable[[list[int]], list[int]], step: int = 0) -> Callable[[Point], float]:
        return lambda p: _given("gaussian.w2_mean", p, sizes(list(p["sizes"])), p["g"] + step)

    wrong = {
        "one size for all": moved(lambda sizes: [sizes[0]] * len(sizes)),
        "one generation less": moved(lambda sizes: sizes[:-1], -1),
        "the first size twice": moved(lambda sizes: [sizes[0], *sizes], 1),
        "each size + 1": moved(lambda sizes: [size + 1 for size in sizes]),
        "the mean term alone": lambda p: p["sigma"] ** 2 * sum(1 / size for size in p["sizes"]),
        "3/2 of the mean term": lambda p: 1.5 * p["sigma"] ** 2 * sum(1 / size for size in p["sizes"]),
    }
    return (
        *(Mutant(name=name, value=value) for name, value in wrong.items()),
        *sampler_mutants(_scheduled(), only=("estimator swapped",)),
    )


BOUNDED = Check(
    id="mean",
    estimand="E W2^2 at generation g under the superlinear sizes of the counterexample",
    licence=Variance(of=lambda p: _given("gaussian.w2_variance", p), because="moments of products of chi-squares"),
    value=lambda p: _given("gaussian.w2_mean", p),
    sampler=_scheduled().sampler(),
    points=({"g": 3, "sigma": 1.0, "sizes": dyadic(3)},),
    mutants=_schedule_slips,
    delta=0.04,
    of="exact",
    looks=LOOKS,
    budget=2**19,
    blind={"spread": WATCHED},
)


CLAIMS = (
    Claim(
        id="arulandu2024.superlinear",
        title="Sizes that grow faster than linearly are neither enough nor needed: sum 1/T_j decides (unbiased fit)",
        source=Source(document="arulandu2024", where="section 3.1, last sentence", second_hand="Shumailov et al. 2024"),
        says=r"\mathbb{E}_{\mu_g, \sigma_g^2}[R_{W_2}^g] \text{ does not diverge if and only if } T_g "
        r"\text{ increases superlinearly in } g \text{ by the } p\text{-series test}",
        relation="equal",
        domain={"g": (1, None), "sigma": "sigma > 0"},
        checks=(BOUNDED,),
        proofs=(
            Limit(statement="T_j = 4 2^m (m + 1) on 2^m <= j < 2^(m+1): s1 has a limit C", parts=_inverse_sum),
            Inequality(statement="4 j at powers of two, else 4 j(j + 1): s1 gets beyond 3/4", parts=_unreached),
            Identity(statement="a block of the first sizes adds 1/(4(m + 1)) to s1", sides=_blocks, of="exact"),
            Inequality(statement="the first sizes are superlinear: T_j/j > 2 (m + 1)", parts=_superlinear, of="exact"),
            Identity(statement="sum 1/(4 j(j + 1)) telescopes", sides=_telescoped, of="exact"),
            Induction(statement="sum over the powers of two", parts=_powers, first=0, of="exact"),
            Induction(statement="E (mu_g - mu)^2 = sigma^2 s1", parts=_centre, of="exact"),
            Induction(statement="E sigma_g = sigma prod c4(T_j)", parts=_scale, of="exact"),
            Identity(statement="0 < E (1 - sqrt S)^2 = 2 (1 - c4), so c4 < 1", sides=_gap_of_roots, of="exact"),
            Inequality(statement="2 (1 - prod c4) >= 0", parts=lambda: _between(0), strict=False, of="exact"),
            Inequality(statement="2 (1 - prod c4) < 2", parts=lambda: _between(1), of="exact"),
        ),
        tags=("gaussian", "replace", "schedule"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
