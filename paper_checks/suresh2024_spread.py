r"""Suresh et al. 2024: how fast the spread of a refitted Gaussian is lost.

The paper itself was not read; see ``suresh2024`` for what was. The bounds on the spread are Markov's, with
:math:`E\sigma_k = s\,c_4(n)^k`. That :math:`c_4(n) < e^{-1/(4n - a)}` for a = 0 and 1: the ratio
:math:`c_4(n+2)^2/c_4(n)^2 = n^2/(n^2-1)` is above :math:`e^{1/n^2}`, so :math:`c_4(n) e^{1/(4n-a)}` increases in steps
of two, and its limit is 1. Both are weaker than Markov's own :math:`c_4(n)^k s/\epsilon`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from paper_checks import _chance
from paper_checks._claim import Check
from paper_checks._licence import WholeLaw
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Inequality, Limit
from paper_checks.suresh2024 import SUMMARY, made

__all__ = ["CLAIMS", "markov_width", "printed_width", "width"]

Point = Mapping[str, Any]
WIDE = Loop(
    process="gaussian",
    workflow="replace",
    metric="log_sd",
    n="n",
    at="g",
    outcome=lambda x, point: (x[:, -1] > math.log(point["eps"])).astype(float),
)
SCALE = Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="log_sd", n="n", at="g")


#: In the second place 4 n - 1 and 4 n are far enough apart for the paths to tell them.
WIDTHS: tuple[Point, ...] = ({"n": 4, "g": 12, "eps": 0.5}, {"n": 10, "g": 100, "eps": 0.1})
CONTINUOUS = {"n": (2, None), "g": (1, None), "eps": "eps > 0"}


def width(point: Point) -> float:
    """Return P(sigma_g > eps) of a unit Gaussian, by inversion of its Mellin transform."""
    from theory.quantity import find

    return find("gaussian.sd_tail").evaluate({name: point[name] for name in ("n", "g", "eps")})


def printed_width(point: Point, a: int = 0) -> float:
    """Return the printed bound on it, exp(-g/(4 n - a))/eps.

    >>> round(printed_width({"n": 10, "g": 150, "eps": 0.1}, 1), 3)
    0.214
    """
    return math.exp(-point["g"] / (4 * point["n"] - a)) / point["eps"]


def markov_width(point: Point) -> float:
    """Return Markov's own bound, c4(n)^g/eps.

    >>> round(markov_width({"n": 10, "g": 150, "eps": 0.1}), 3)
    0.156
    """
    from theory.quantity import find

    return find("gaussian.sd_mean").evaluate({"n": point["n"], "g": point["g"]}) / point["eps"]


def width_form(a: int = 0) -> Any:
    """Return the printed bound, (sigma/eps) exp(-g/(4 n - a)).

    >>> width_form()
    sigma*exp(-g/(4*n))/eps
    """
    import sympy

    from theory.symbols import symbol

    return symbol("sigma") / symbol("eps") * sympy.exp(-symbol("g") / (4 * symbol("n") - a))


# The proofs.


def _c4(y: Any) -> Any:
    """Return c4(n) for n = 2 y + 1."""
    import sympy

    return sympy.gamma(y + sympy.Rational(1, 2)) / (sympy.sqrt(y) * sympy.gamma(y))


def _c4_ratio() -> tuple[Any, ...]:
    """Return the pair of n + 1 over the pair of n, (c4(n+2)/c4(n))^2, and n^2/(n^2 - 1)."""
    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    return (1 - 1 / (n + 1)) / (1 - 1 / n), n**2 / (n**2 - 1)


def _c4_pair() -> tuple[Any, ...]:
    """Return (c4(n) c4(n + 1))^2 and 1 - 1/n for n = 2 y + 1."""
    import sympy

    y = sympy.Symbol("y", positive=True)
    return (_c4(y) * _c4(y + sympy.Rational(1, 2))) ** 2, 1 - 1 / (2 * y + 1)


def _increases(a: int) -> tuple[Any, ...]:
    """Return 1/n^2 less twice the fall of 1/(4n - a) over two steps, n from 2 on."""
    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    return 1 / n**2 - 2 * (1 / (4 * n - a) - 1 / (4 * (n + 2) - a)), {n: 2}


def _mean_scale() -> tuple[Any, ...]:
    """Return E sigma_1/sigma by integration over the density of a chi-square of n - 1 = v, and c4."""
    import sympy

    x, v = sympy.symbols("x v", positive=True)
    density = x ** (v / 2 - 1) * sympy.exp(-x / 2) / (2 ** (v / 2) * sympy.gamma(v / 2))
    mean = sympy.integrate(sympy.sqrt(x / v) * density, (x, 0, sympy.oo), conds="none")
    return mean, sympy.sqrt(2 / v) * sympy.gamma((v + 1) / 2) / sympy.gamma(v / 2)


def width_steps(a: int) -> tuple[Any, ...]:
    """Return the proof of the bound with 4 n - a."""
    return (
        Identity(statement="E sigma_1 = c4(n) sigma, so E sigma_g = sigma c4(n)^g", sides=_mean_scale),
        Identity(statement="c4(n)^2 c4(n+1)^2 = 1 - 1/n, so c4, which is below 1, tends to 1", sides=_c4_pair),
        Identity(
            statement="c4(n+2)^2/c4(n)^2 = n^2/(n^2-1), which is above exp(1/n^2)", sides=_c4_ratio, least={"n": 2}
        ),
        Inequality(
            statement=f"1/n^2 > 2/(4n-{a}) - 2/(4n+8-{a}): c4 exp(1/(4n-{a})) increases in steps of two",
            parts=lambda: _increases(a),
        ),
    )


def _half_life() -> tuple[Any, ...]:
    """Return -m (psi(m) - ln m), m = (n - 1)/2, its variable m, and 1/2: (n - 1) times -E ln(sigma_1/sigma)."""
    import sympy

    m = sympy.Symbol("m", positive=True)
    return -m * (sympy.digamma(m) - sympy.log(m)), m, sympy.Rational(1, 2)


# The checks.


def _upper(a: int) -> tuple[Check, ...]:
    """Return the check of the upper bound on the spread, and that of its exact value."""
    slips = (
        Mutant(name="exp(-g/n)", value=lambda p: math.exp(-p["g"] / p["n"]) / p["eps"]),
        Mutant(name="eps/s", value=lambda p: printed_width(p, a) * p["eps"] ** 2),
    )
    words = "P(sigma_g > eps) of a unit Gaussian, unbiased fit"
    return (
        _chance.event(
            "bound",
            words,
            WIDE,
            lambda p: printed_width(p, a),
            WIDTHS,
            side="upper",
            truth=width,
            planted=(),
            slips=slips,
            delta=0.05,
            steps=("g",),
        ),
        _chance.event(
            "exact",
            words,
            WIDE,
            width,
            WIDTHS[:1],
            of="exact",
            delta=0.05,
            planted=("generation off by one", "estimator swapped"),
        ),
    )


def _typical(point: Point) -> float:
    from theory.quantity import find

    return find("gaussian.log_sd_mean").evaluate(dict(point))


def _typical_spread(point: Point) -> float:
    from theory.quantity import find

    return find("gaussian.log_sd_variance").evaluate({name: point[name] for name in ("n", "g")})


def _scale_law(point: Point) -> Any:
    from paper_checks._w2_law import scale_law

    return scale_law(point)


ONCE: tuple[Point, ...] = ({"n": 10, "g": 10, "sigma": 1.0},)
TYPICAL = (
    _chance.known_spread(
        "log",
        "E ln(sigma_n/sigma), n generations on",
        SCALE,
        _typical,
        ONCE,
        variance=_typical_spread,
        because="a sum of independent logarithms of chi-squares",
        blind={"spread": "law"},
        delta=0.03,
        planted=("generation off by one", "estimator swapped"),
        slips=(Mutant(name="the rate of the mean", value=lambda p: -p["g"] / (4 * p["n"])),),
    ),
    Check(
        id="law",
        estimand="the law of ln sigma_n, n generations on",
        licence=WholeLaw(),
        value=_scale_law,
        sampler=SCALE.sampler(),
        points=ONCE,
        mutants=tuple(
            Mutant(name=f"g + {more}", value=lambda p, more=more: _scale_law({**p, "g": p["g"] + more}))
            for more in (1, 10)
        ),
        gap=0.03,
        looks=_chance.LOOKS,
        budget=2**18,
    ),
)


CLAIMS = (
    made(
        "sd-tail",
        "The spread of a Gaussian is above a threshold with at most this probability",
        "the theorem on the standard deviation",
        SUMMARY,
        r"\Pr(\Sigma_k > \epsilon) \le \frac{s}{\epsilon} e^{-k/(4n)}",
        "upper",
        formula=width_form,
        domain=CONTINUOUS,
        checks=_upper(0),
        proofs=width_steps(0),
        tags=("gaussian", "replace", "timescale"),
        expected="BOUND HOLDS",
    ),
    made(
        "sd-tail-notebook",
        "The same with 4 n - 1, as the notebook has it in a line that it does not plot",
        "the bound of theorem 3 that is commented out",
        "the notebook published with arXiv 2412.17646",
        r"\frac{s}{\epsilon} e^{-k/(4n-1)}",
        "upper",
        formula=lambda: width_form(1),
        domain=CONTINUOUS,
        proofs=width_steps(1),
        uses=("suresh2024.sd-tail",),
        tags=("gaussian", "replace", "timescale"),
        expected="BOUND HOLDS",
    ),
    made(
        "sd-rate",
        "The spread is lost after about n generations: read as a typical log that falls by 1/(2n) a generation",
        "abstract",
        "the abstract of arXiv 2412.17646",
        r"\text{the standard deviation reduces to zero roughly at } n \text{ iterations}",
        "limit",
        domain={"n": (2, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=TYPICAL,
        proofs=(Limit(statement="(n - 1) |E ln(sigma_1/sigma)| -> 1/2, so ln sigma falls by 1/2", parts=_half_life),),
        tags=("gaussian", "replace", "timescale"),
        expected="ASYMPTOTIC",
    ),
)
