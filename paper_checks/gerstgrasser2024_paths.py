r"""Gerstgrasser et al. 2024: the path of the accumulated fit on one design, and the bound pi^2/6 on its risk.

Least squares on g stacked copies of one design is the mean of g fits, so w_g = w_{g-1} + X^+ E_g/g for any noise.
Given the design, with normal noise and rows of covariance Sigma, every step g (w_g - w_{g-1}) has the law of the first
error, and one coefficient of it is :math:`\sigma \sqrt{(\Sigma^{-1})_{11}/\nu}\; t_\nu` with :math:`\nu = n - d + 1`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi, sqrt
from typing import Any

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Draw, Loop
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks.gerstgrasser2024 import BIBTEX, DOMAIN, ENOUGH, averaging, symbols

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
SLIDES = "slides-wright-lee"

#: Rows whose features are correlated: isotropy is printed as a condition, and nothing here needs it.
ROWS = "cov=[[1, 0.5], [0.5, 1]]"
PRECISION = 4 / 3
GENERATIONS = 6
POINTS: tuple[Point, ...] = tuple({"n": 8, "d": 2, "g": g, "sigma": 1.0} for g in (2, 6))


def coefficient(world: Any, theta: Any) -> Any:
    """Return the error of the first coefficient, a metric."""
    return theta[0] - world.signal[0]


def step(x: np.ndarray, point: Point) -> np.ndarray:
    """Return g (w_g - w_{g-1}) from the errors at all generations.

    >>> step(np.array([[1.0, 1.5]]), {"g": 2}).tolist()
    [1.0]
    """
    g = point["g"]
    return g * (x[:, g - 1] - x[:, g - 2])


def whole(x: np.ndarray, point: Point) -> np.ndarray:
    """Return the error of model g."""
    return x[:, point["g"] - 1]


def errors(
    outcome: Callable[[np.ndarray, Point], np.ndarray], workflow: str = "accumulate", design: str = "fixed"
) -> Callable[[int, Point], Draw]:
    """Return the sampler of an outcome of the errors of one coefficient at all generations."""
    process = f"linear(d={{d}}, sigma={{sigma}}, design={design}, {ROWS})"
    loop = Loop(process=process, workflow=workflow, metric="excess_risk", n="n", at=GENERATIONS, outcome=outcome)
    return lambda seed, point: loop.draw(*loop.build(point), coefficient, seed, point)


def law(point: Point, *, more: int = 0, clock: float = 1.0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the law of a coefficient's error that carries the noise of ``clock`` fits; ``more`` makes a mutant.

    >>> float(law({"n": 3, "d": 2, "g": 1, "sigma": 1.0})(np.array(0.0)))
    0.5
    """
    from scipy import special

    nu = point["n"] - point["d"] + 1 + more
    scale = point["sigma"] * sqrt(PRECISION * clock / nu)
    return lambda x: special.stdtr(nu, np.asarray(x) / scale)


def squares(g: int) -> float:
    """Return the sum of 1/k^2 to g.

    >>> squares(2)
    1.25
    """
    return sum(1 / k**2 for k in range(1, g + 1))


def bound(point: Point) -> float:
    """Return the printed bound.

    >>> round(bound({"n": 6, "d": 2, "sigma": 1.0}), 6)
    1.096623
    """
    return point["sigma"] ** 2 * point["d"] / (point["n"] - point["d"] - 1) * pi**2 / 6


def _path() -> tuple[Any, ...]:
    """Return w* + sum_{k <= g} e(k)/k with e(k) = X^+ E_k, its recursion and the first fit."""
    import sympy

    g, k = symbols()[2], symbols()[4]
    w, noise = sympy.Symbol("w"), sympy.Function("e")
    return w + sympy.Sum(noise(k) / k, (k, 1, g)), g, lambda v, g: v + noise(g) / g, w + noise(1)


def _stacked() -> tuple[Any, ...]:
    """Return both sides of the stacked normal equations: (g A)^{-1} (X'Y_1 + … + X'Y_g), A = X'X, for one newer block.

    The g - 1 old blocks give (g - 1) A v = their X'Y, the newest one A v + z with z = X'E_g; entries for d = 2.
    """
    import sympy

    g = symbols()[2]
    a, b, c = sympy.symbols("a b c")
    v, z = sympy.Matrix(sympy.symbols("v1 v2")), sympy.Matrix(sympy.symbols("z1 z2"))
    gram = sympy.Matrix([[a, b], [b, c]])
    fit = (g * gram).LUsolve((g - 1) * gram * v + gram * v + z)
    weigh = sympy.Matrix([[1, sympy.Symbol("u")]])
    return (weigh * fit)[0], (weigh * (v + gram.LUsolve(z) / g))[0]


def _basel() -> tuple[Any, ...]:
    import sympy

    k = symbols()[4]
    return sympy.Sum(1 / k**2, (k, 1, sympy.oo)), sympy.pi**2 / 6


def _between(strict_above: bool) -> tuple[Any, ...]:
    """Return 1/k^2 less 1/k - 1/(k+1), or 1/(k-1) - 1/k less 1/k^2 for k >= 2: they telescope to 1/(g+1) and 1/g."""
    k = symbols()[4]
    if strict_above:
        return 1 / (k - 1) - 1 / k - 1 / k**2, {k: 2}
    return 1 / k**2 - (1 / k - 1 / (k + 1)), {k: 1}


def _gap() -> tuple[Any, ...]:
    import sympy

    g = symbols()[2]
    return g * (sympy.pi**2 / 6 - sympy.harmonic(g, 2)), g, sympy.Integer(1)


def _matrix_trace() -> tuple[Any, ...]:
    """Return both sides of tr Sigma (L W L')^{-1} = tr W^{-1}, Sigma = L L': Sigma cancels; entries for d = 2."""
    import sympy

    a, b, c, p, q, r = sympy.symbols("a b c p q r", positive=True)
    root, gram = sympy.Matrix([[p, 0], [q, r]]), sympy.Matrix([[a, b], [b, c]])
    return (root * root.T * (root * gram * root.T).inv()).trace(), gram.inv().trace()


def _law_slips(outcome: Any, clock: Callable[[int], float]) -> tuple[Mutant, ...]:
    def at(more: int) -> Callable[[Point], Any]:
        return lambda p: law(p, clock=clock(p["g"] + more))

    def scaled(p: Point) -> Any:
        return law({**p, "sigma": 1.1 * p["sigma"]}, clock=clock(p["g"]))

    return (
        Mutant(name="sigma x 1.1", value=scaled),
        Mutant(name="degrees of freedom - 2", value=lambda p: law(p, more=-2, clock=clock(p["g"]))),
        Mutant(name="E_i/(i + 1)", value=lambda p: law(p, clock=clock(p["g"]) * (p["g"] / (p["g"] + 1)) ** 2)),
        *((Mutant(name="one noise fewer", value=at(-1)),) if clock(2) > 1 else ()),
        Mutant(name="data replaced", sampler=errors(outcome, "replace")),
    )


def _check(name: str, words: str, outcome: Any, clock: Callable[[int], float]) -> Check:
    return Check(
        id=name,
        estimand=words,
        licence=WholeLaw(),
        value=lambda p: law(p, clock=clock(p["g"])),
        sampler=errors(outcome),
        points=POINTS,
        mutants=lambda: _law_slips(outcome, clock),
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )


CLAIMS = (
    Claim(
        id="gerstgrasser2024.path",
        title="The accumulated fit carries the noise of fit i divided by i, for any design and any noise",
        source=Source(document=SLIDES, where="Theorem 1, eq. (2)", second_hand="Gerstgrasser et al. 2024"),
        says=r"\hat{w}_n = w^* + (X^\top X)^{-1} X^\top \left( \sum_{i=1}^n \frac{E_i}{i} \right)",
        relation="equal",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=(
            _check("steps", "the law of g (w_g - w_{g-1}), one coefficient", step, lambda g: 1.0),
            _check("error", "the law of w_g - w*, one coefficient", whole, squares),
        ),
        proofs=(
            Identity(statement="least squares on g stacked copies moves by (X'X)^-1 X'E_g/g (d = 2)", sides=_stacked),
            Identity(statement="w_g = w_{g-1} + noise_g/g", sides=averaging),
            Induction(statement="w_g = w* + sum e_i/i by induction over the fits", parts=_path),
        ),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="EXACT",
    ),
    Claim(
        id="gerstgrasser2024.bound",
        title="The accumulated risk stays strictly below pi^2/6 times the first one, whatever the features' covariance",
        source=Source(document=SLIDES, where="Theorem 2, eq. (3)", second_hand="Gerstgrasser et al. 2024"),
        says=r"E_{\text{test}}^{\text{Accum}}(\hat{w}_n) \leq \frac{\sigma^2 d}{T - d - 1} \times \frac{\pi^2}{6}",
        relation="upper",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=(
            *mean_checks(
                f"linear(d=2, {ROWS})",
                "accumulate",
                "excess_risk",
                points=({"n": 12, "d": 2, "g": 4, "sigma": 1.0},),
                value=bound,
                side="upper",
                delta=0.02,
                slips=(
                    Mutant(name="5/4 in place of pi^2/6", value=lambda p: bound(p) * 7.5 / pi**2),
                    Mutant(name="4/3 in place of pi^2/6", value=lambda p: bound(p) * 8 / pi**2),
                    Mutant(name="n - d", value=lambda p: bound({**p, "n": p["n"] + 1})),
                    Mutant(name="d - 1", value=lambda p: bound({**p, "d": p["d"] - 1})),
                ),
                planted=("workflow swapped",),
                blind={"spread": "mean-law", "a looser bound": "mean"},
                name="bound",
            ),
            *mean_checks(
                f"linear(d=2, {ROWS})",
                "accumulate",
                "excess_risk",
                points=({"n": 12, "d": 2, "g": 4, "sigma": 1.0},),
                delta=0.03,
                slips=(Mutant(name="the first fit's", value=lambda p: bound(p) * 6 / pi**2),),
                planted=("workflow swapped",),
                beside="law",
            ),
        ),
        proofs=(
            Identity(statement="sum 1/k^2 = pi^2/6", sides=_basel),
            Inequality(
                statement="1/k^2 > 1/k - 1/(k+1): the rest after g is more than 1/(g+1) > 0",
                parts=lambda: _between(False),
            ),
            Inequality(
                statement="1/k^2 < 1/(k-1) - 1/k: the rest after g is less than 1/g", parts=lambda: _between(True)
            ),
            Limit(statement="g (pi^2/6 - H_g^(2)) -> 1", parts=_gap),
            Identity(statement="tr Sigma (X'X)^-1 does not depend on Sigma (d = 2)", sides=_matrix_trace),
        ),
        uses=("gerstgrasser2024.accumulate", "gerstgrasser2024.path"),
        tags=("regression", "accumulate", "bound"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
)
