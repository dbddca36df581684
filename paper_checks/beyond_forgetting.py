r"""Linear regression that forgets: fewer rows than features, or a ridge at every fit, data replaced.

Derived here. A fit that does not reproduce the model behind its labels shrinks it, and with it all older noise, so the
risk is bounded: that it diverges where data are replaced belongs to ridgeless fits on n >= d + 2 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._moments_overparametrised import moments
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Limit
from paper_checks._simulated import paths
from paper_checks.beyond_regression import claim
from paper_checks.gerstgrasser2024 import inverse_wishart, symbols

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
FEW = Assumption("d >= n + 4", lambda point: point["d"] >= point["n"] + 4)
WIDE: tuple[Point, ...] = tuple({"n": 2, "d": 8, "g": 4, "sigma": sigma} for sigma in (0.0, 0.8))
RIDGED: tuple[Point, ...] = ({"n": 8, "g": 4, "sigma": 1.5},)
RIDGE, SIGNAL = 0.5, 1.0


# Fewer rows than features.

LEAST = paths(
    "linear(d=8, sigma={sigma}, design=fresh, min_norm=true, signal=[1, 0, 0, 0, 0, 0, 0, 0])",
    "replace",
    "coefficient_error",
    n="n",
    generations=4,
    at="g",
)


def _wide_checks() -> tuple[Check, ...]:
    def linear_growth(p: Point) -> float:
        n, d = p["n"], p["d"]
        return 1 - n / d + p["g"] * p["sigma"] ** 2 * n / (d - n - 1)

    def law(p: Point, more: int = 0) -> Callable[[np.ndarray], np.ndarray]:
        from scipy import special

        return lambda x: special.betainc((p["d"] - p["n"]) / 2, (p["n"] + more) / 2, np.clip(x, 0, 1))

    mean = Check(
        id="mean",
        estimand="the mean of |w_g - w|^2 on new rows, fewer than features, data replaced",
        licence=Variance(of=lambda p: moments(p)[1], because="moments of random projectors and spherical noise"),
        value=lambda p: moments(p)[0],
        sampler=LEAST,
        points=WIDE,
        mutants=(
            Mutant(name="the same rows: linear growth", value=linear_growth),
            Mutant(name="g + 1", value=lambda p: moments({**p, "g": p["g"] + 1})[0]),
            Mutant(name="g - 2", value=lambda p: moments({**p, "g": p["g"] - 2})[0]),
            Mutant(name="n + 1", value=lambda p: moments({**p, "n": p["n"] + 1})[0]),
            Mutant(name="sigma x 1.1", value=lambda p: moments({**p, "sigma": 1.1 * p["sigma"]})[0]),
        ),
        delta=0.03,
        looks=LOOKS,
        budget=2**19,
        blind={"spread": "first-law"},
    )
    first = Check(
        id="first-law",
        estimand="the law of |w_1 - w|^2 without noise, Beta((d - n)/2, n/2)",
        licence=WholeLaw(),
        value=law,
        sampler=LEAST,
        points=({"n": 2, "d": 8, "g": 1, "sigma": 0.0},),
        mutants=(Mutant(name="n + 1", value=lambda p: law(p, 1)),),
        gap=0.03,
        looks=LOOKS,
        budget=2**18,
    )
    return mean, first


def _wide_symbols() -> tuple[Any, ...]:
    import sympy

    g = sympy.Symbol("g", integer=True, positive=True)
    return g, *sympy.symbols("eta noise", positive=True)


def _wide_square() -> tuple[Any, ...]:
    """Return E |w_g|^2, g, its recursion s' = eta s + noise and the first value, at |w| = 1."""
    g, eta, noise = _wide_symbols()
    return eta**g + noise * (1 - eta**g) / (1 - eta), g, lambda s, g: eta * s + noise, eta + noise


def _wide_product() -> tuple[Any, ...]:
    g, eta, _ = _wide_symbols()
    return eta**g, g, lambda c, g: eta * c, eta


def _wide_risk() -> tuple[Any, ...]:
    """Return s - 2 c + 1 and the risk (1 - eta^g)(1 + noise/(1 - eta))."""
    g, eta, noise = _wide_symbols()
    square, product = _wide_square()[0], _wide_product()[0]
    return square - 2 * product + 1, (1 - eta**g) * (1 + noise / (1 - eta))


def _wide_limit() -> tuple[Any, ...]:
    """Return the risk with eta = 1/(1 + r), g, and 1 + noise/(1 - eta)."""
    import sympy

    g, _, noise = _wide_symbols()
    r = sympy.Symbol("r", positive=True)
    top = 1 + noise * (1 + r) / r
    return (1 - sympy.exp(-g * sympy.log(1 + r))) * top, g, top


def _traces() -> tuple[Any, ...]:
    """Return a d^2 + 2 b d + x (a d + b (d^2 + d)) and n^2 + x n, for all x: what settles a and b."""
    import sympy

    n, d, *_ = symbols()
    x = sympy.Symbol("x")
    b = (n * d - n**2) / (d * (d + 2) * (d - 1))
    a = (n**2 - 2 * b * d) / d**2
    return a * d**2 + 2 * b * d + x * (a * d + b * (d**2 + d)), n**2 + x * n


# A ridge at every fit, one feature.


def _ridged(p: Point, e: Any) -> tuple[Any, Any]:
    """Return mean and variance of w_g - w given the mean square e of the one column."""
    gain = e / (e + RIDGE)
    left = gain ** p["g"]
    return (1 - left) * SIGNAL, p["sigma"] ** 2 / p["n"] * gain**2 / e * (1 - left**2) / (1 - gain**2)


@cache
def _columns(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of e = chi2_n/n."""
    from scipy import special

    nodes, weights = special.roots_genlaguerre(80, n / 2 - 1)
    return 2 * nodes / n, weights / weights.sum()


def ridged_moment(p: Point, power: int) -> float:
    """Return E (w_g - w)^2 or, for power 2, its fourth moment, over the design.

    >>> bool(ridged_moment({"n": 8, "g": 1, "sigma": 1.0}, 1) < 1)
    True
    """
    e, chance = _columns(p["n"])
    b, v = _ridged(p, e)
    return float(chance @ (b**2 + v if power == 1 else b**4 + 6 * b**2 * v + 3 * v**2))


def _ridged_law(p: Point, **changed: Any) -> Callable[[np.ndarray], np.ndarray]:
    from scipy import special

    e, chance = _columns(p["n"])
    b, v = _ridged({**p, **changed}, e)

    def law(x: np.ndarray) -> np.ndarray:
        root, sd = np.sqrt(np.maximum(np.asarray(x), 0))[..., None], np.sqrt(v)
        return (special.ndtr((root - b) / sd) - special.ndtr((-root - b) / sd)) @ chance

    return law


RIDGE_LOOP = paths(
    f"linear(d=1, sigma={{sigma}}, ridge={RIDGE}, signal=[{SIGNAL}])",
    "replace",
    "coefficient_error",
    n="n",
    generations=4,
    at="g",
)


def _ridge_checks() -> tuple[Check, ...]:
    mean = Check(
        id="mean",
        estimand="the mean of (w_g - w)^2 with a ridge at every fit, one column, over the design",
        licence=Variance(
            of=lambda p: ridged_moment(p, 2) - ridged_moment(p, 1) ** 2, because="normal given the design; quadrature"
        ),
        value=lambda p: ridged_moment(p, 1),
        sampler=RIDGE_LOOP,
        points=RIDGED,
        mutants=(
            Mutant(name="g + 1", value=lambda p: ridged_moment({**p, "g": p["g"] + 1}, 1)),
            Mutant(name="g - 1", value=lambda p: ridged_moment({**p, "g": p["g"] - 1}, 1)),
            Mutant(name="ridgeless", value=lambda p: p["g"] * p["sigma"] ** 2 / (p["n"] - 2)),
            Mutant(name="sigma x 1.1", value=lambda p: ridged_moment({**p, "sigma": 1.1 * p["sigma"]}, 1)),
        ),
        delta=0.03,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "law"},
    )
    law = Check(
        id="law",
        estimand="the law of (w_g - w)^2 with a ridge at every fit, over the design",
        licence=WholeLaw(),
        value=_ridged_law,
        sampler=RIDGE_LOOP,
        points=RIDGED,
        mutants=(
            Mutant(name="g - 1", value=lambda p: _ridged_law(p, g=p["g"] - 1)),
            Mutant(name="sigma x 1.1", value=lambda p: _ridged_law(p, sigma=1.1 * p["sigma"])),
            Mutant(name="the first fit's", value=lambda p: _ridged_law(p, g=1)),
        ),
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    return mean, law


def _bias() -> tuple[Any, ...]:
    """Return the mean error -(1 - gain^g) w, g, its recursion gain b - (1 - gain) w, and the first one."""
    import sympy

    g, gain, _ = _wide_symbols()
    w = sympy.Symbol("w")
    return -(1 - gain**g) * w, g, lambda b, g: gain * b - (1 - gain) * w, -(1 - gain) * w


def _ridge_spread() -> tuple[Any, ...]:
    """Return the variance, g, its recursion gain^2 (v + one), and the first one."""
    g, gain, one = _wide_symbols()
    return one * gain**2 * (1 - gain ** (2 * g)) / (1 - gain**2), g, lambda v, g: gain**2 * (v + one), gain**2 * one


def _ridge_limit() -> tuple[Any, ...]:
    """Return w^2 (1 - gain^g)^2 + top (1 - gain^2g) with gain = 1/(1 + r), g, and w^2 + top."""
    import sympy

    g, _, top = _wide_symbols()
    r, w = sympy.symbols("r w", positive=True)
    left = sympy.exp(-g * sympy.log(1 + r))
    return w**2 * (1 - left) ** 2 + top * (1 - left**2), g, w**2 + top


CLAIMS = (
    claim(
        "overparametrised",
        "Fewer rows than features, new ones every generation: the risk is bounded though data are replaced",
        r"E\|w_g - w\|^2 = (1 - \eta^g) \Bigl(\|w\|^2 + \frac{\sigma^2 n}{(d-n-1)(1-\eta)}\Bigr), \quad \eta = n/d",
        "equal",
        "HOLDS",
        domain={"n": (1, None), "d": (2, None), "g": (1, None), "sigma": "sigma >= 0"},
        assumptions=(FEW,),
        checks=_wide_checks(),
        proofs=(
            Identity(statement="E chi2_n E 1/chi2_{d-n+1} = n/(d-n-1): the noise of a fit", sides=inverse_wishart),
            Induction(statement="E |w_g|^2", parts=_wide_square),
            Induction(statement="E w_g . w = eta^g", parts=_wide_product),
            Identity(statement="the risk by both", sides=_wide_risk),
            Limit(statement="the risk -> |w|^2 + noise/(1 - eta)", parts=_wide_limit),
            Identity(statement="E P (x) P has (tr P)^2 = n^2 and tr P^2 = n", sides=_traces),
        ),
        uses=("schaeffer2025.table1-definition3",),
        tags=("regression", "replace", "fresh-design"),
    ),
    claim(
        "ridge-loop",
        "A ridge at every fit: the signal is forgotten and the risk is bounded",
        r"E(w_g - w)^2 = (1 - \gamma^g)^2 w^2 + \frac{\sigma^2}{n}\frac{\gamma^2}{e}\frac{1-\gamma^{2g}}{1-\gamma^2}",
        "equal",
        "HOLDS",
        domain={"n": (3, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=_ridge_checks(),
        proofs=(
            Induction(statement="the mean error is -(1 - gain^g) w", parts=_bias),
            Induction(statement="the variance is a geometric sum of gain^2", parts=_ridge_spread),
            Limit(statement="the risk -> w^2 + gain^2/(1 - gain^2) times the noise", parts=_ridge_limit),
        ),
        uses=("schaeffer2025.table1-definition3",),
        tags=("regression", "replace"),
    ),
)
