r"""What no document prints about the centre of a refitted Gaussian (unbiased, replace): it comes to rest, with a tail.

Given the path of scales the error of the centre is normal with variance :math:`\sigma^2 V_g`: V_g is the sum of
P_i/n over i < g, P_i the product of i independent factors S, chi-square over their n - 1 degrees of freedom. As
roots are subadditive,

.. math:: E|\mu_g - \mu| \le \sigma \sqrt{\tfrac{2}{\pi n}} \sum_{i<g} c_4^i
   < \sigma \sqrt{\tfrac{2}{\pi n}} / (1 - c_4)

with :math:`c_4 = E\sqrt S < 1` (Jensen), although the mean square g sigma^2/n has no bound. The limit solves V = 1/n
+ S V' with E S = 1, so by the theorem of Kesten and Goldie, which is cited and not proved here, its tail has index 1,
that of the centre index 2, and the constant is 1/(n E S ln S).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, sqrt
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._simulated import paths

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
POINTS: tuple[Point, ...] = ({"n": 10, "g": 1, "sigma": 1.5}, {"n": 10, "g": 4, "sigma": 1.0})


def symbols() -> tuple[Any, ...]:
    """Return n, g, sigma, and k = n - 1 for the densities."""
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return n, g, sympy.Symbol("sigma", positive=True), sympy.Symbol("k", positive=True)


def bound() -> Any:
    """Return the bound of E |mu_g - mu|, a geometric sum of c4(n)."""
    import sympy

    n, g, sigma, _ = symbols()
    c4 = sympy.sqrt(2 / (n - 1)) * sympy.gamma(n / 2) / sympy.gamma((n - 1) / 2)
    return sigma * sympy.sqrt(2 / (sympy.pi * n)) * (1 - c4**g) / (1 - c4)


def value(point: Point) -> float:
    """Return the bound at a point; at g = 1 it is the mean itself.

    >>> round(value({"n": 10, "g": 1, "sigma": 1.0}), 9)
    0.252313252
    """
    from paper_checks._evaluate import evaluator

    return float(evaluator(bound(), ("n", "g", "sigma"))(point))


def _moment(power: Any) -> Any:
    """Return E S^power for S chi-square over its k degrees of freedom, by integration."""
    import sympy

    k, x = symbols()[3], sympy.Symbol("x", positive=True)
    density = x ** (k / 2 - 1) * sympy.exp(-x / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))
    return sympy.integrate((x / k) ** power * density, (x, 0, sympy.oo), conds="none")


def _critical() -> tuple[Any, ...]:
    import sympy

    return sympy.gammasimp(_moment(1)), sympy.Integer(1)


def _constant() -> tuple[Any, ...]:
    """Return 1/(n E S ln S), E S ln S the slope of E S^h at h = 1, and gaussian.resting_tail_constant."""
    import sympy

    from theory.quantity import find

    n, _, _, k = symbols()
    h = sympy.Symbol("h", positive=True)
    slope = sympy.gammasimp(sympy.diff(_moment(h), h).subs(h, 1)).subs(k, n - 1)
    form = find("gaussian.resting_tail_constant").form({})
    return 1 / (n * slope), form.xreplace(dict.fromkeys(form.free_symbols, n))


def _root() -> tuple[Any, ...]:
    import sympy

    k = symbols()[3]
    half = sympy.Rational(1, 2)
    return _moment(half), sympy.sqrt(2 / k) * sympy.gamma((k + 1) / 2) / sympy.gamma(k / 2)


def _normal() -> tuple[Any, ...]:
    import sympy

    z = sympy.Symbol("z", positive=True)
    density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    return 2 * sympy.integrate(z * density, (z, 0, sympy.oo)), sympy.sqrt(2 / sympy.pi)


def _subadditive() -> tuple[Any, ...]:
    """Return (sqrt a + sqrt b)^2 - (a + b) in x = sqrt a and y = sqrt b."""
    import sympy

    x, y = sympy.symbols("x y", positive=True)
    return (x + y) ** 2 - (x**2 + y**2), {}


def _sum() -> tuple[Any, ...]:
    """Return the sum of r^i over i < g, added up one generation at a time."""
    import sympy

    g, r = symbols()[1], sympy.Symbol("r", positive=True)
    return (1 - r**g) / (1 - r), g, lambda v, g: v + r ** (g - 1), sympy.Integer(1)


def _bounded() -> tuple[Any, ...]:
    """Return the sum with r = 1/(1 + x) < 1, its variable g, and its limit 1/(1 - r)."""
    import sympy

    g, x = symbols()[1], sympy.Symbol("x", positive=True)
    return (1 - sympy.exp(-g * sympy.log(1 + x))) * (1 + x) / x, g, (1 + x) / x


CLAIMS = (
    Claim(
        id="beyond.resting",
        title="The centre comes to rest: E |mu_g - mu| is bounded although E (mu_g - mu)^2 = g sigma^2/n is not",
        source=Source(document="tailfade", where="derived here"),
        says=r"E|\mu_g - \mu| \le \sigma\sqrt{\frac{2}{\pi n}}\,\frac{1 - c_4^g}{1 - c_4} \text{ at every } g",
        relation="upper",
        formula=bound,
        domain={"n": (2, None), "g": (1, None), "sigma": "sigma > 0"},
        assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
        checks=(
            Check(
                id="bound",
                estimand="E |mu_g - mu| under replacement, below the bound at every g",
                licence=Variance(
                    of=lambda p: p["g"] * p["sigma"] ** 2 / p["n"], because="the mean square, which is g sigma^2/n"
                ),
                value=value,
                sampler=paths(
                    "gaussian(sigma={sigma})",
                    "replace",
                    "mean_square_error",
                    n="n",
                    generations=4,
                    at="g",
                    then=lambda x, p: np.sqrt(x),
                ),
                points=POINTS,
                mutants=(
                    Mutant(name="one generation", value=lambda p: value({**p, "g": 1}) * 0.95),
                    Mutant(name="c4^g", value=lambda p: p["sigma"] * sqrt(2 / (pi * p["n"])) * 0.9727 ** p["g"]),
                    Mutant(name="sigma/n", value=lambda p: p["sigma"] / p["n"]),
                ),
                delta=0.02,
                side="upper",
                looks=Looks(first=4096, count=12),
                budget=2**20,
                blind={"spread": "arulandu2024.w2-variance/variance"},
            ),
        ),
        proofs=(
            Inequality(statement="sqrt(a + b) < sqrt(a) + sqrt(b)", parts=_subadditive),
            Identity(statement="E sqrt(S) = c4", sides=_root),
            Identity(statement="E |Z| = sqrt(2/pi)", sides=_normal),
            Induction(statement="sum of r^i over i < g", parts=_sum, least={"r": (0, 1)}),
            Limit(statement="it is bounded for r < 1, by its limit 1/(1 - r)", parts=_bounded),
            Identity(statement="E S = 1: the index of V = 1/n + S V' is 1", sides=_critical),
            Identity(statement="gaussian.resting_tail_constant is 1/(n E S ln S)", sides=_constant),
        ),
        tags=("gaussian", "replace", "heavy-tail"),
        expected="BOUND HOLDS",
    ),
)
