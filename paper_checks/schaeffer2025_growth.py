r"""Schaeffer et al. 2025, sections 4.1 and 4.2: fits on a subsample of all rows, and rows that grow at any rate.

In the linear model the error of the fit is that of a mean. Derived here: with N_k rows after n_k new ones, all in use,

.. math:: v_g/v_1 = n_1 \sum_k n_k/N_k^2 < 2 \quad\text{at any growth}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _subsample_law, arulandu2024_subsample
from paper_checks._claim import Assumption, Check, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Inequality, Limit
from paper_checks._simulated import paths
from paper_checks.schaeffer2025_shares import claim, symbols

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)


# A subsample of the corpus.


def _stable() -> Check:
    """Return the check of E theta_g^2 by the recursion, where there are too many choices to follow.

    Given the choices V_k <= k/n: two rows have a covariance of at most max V, a row that and 1. So E theta^4 = 3 E V^2
    <= 3 (g/n) E V.
    """

    def exact(p: Point) -> float:
        return p["sigma"] ** 2 * float(_subsample_law.exact(Fraction(p["n"]), p["g"], replacement=False))

    def spread(p: Point) -> float:
        return 3 * p["sigma"] ** 2 * p["g"] / p["n"] * exact(p) - exact(p) ** 2

    return Check(
        id="recursion",
        estimand="E theta_g^2 on n rows drawn without replacement",
        licence=Variance(of=spread, because="normal given the choices of rows, with a variance of at most g/n"),
        value=exact,
        sampler=paths("location(sigma={sigma})", "subsample(accumulate)", "square_error", n="n", generations=4, at="g"),
        points=({"n": 4, "g": 4, "sigma": 1.0},),
        mutants=(
            Mutant(name="data accumulated", value=lambda p: sum(1 / k**2 for k in range(1, p["g"] + 1)) / p["n"]),
            Mutant(name="data replaced", value=lambda p: p["g"] / p["n"]),
            Mutant(name="g - 1", value=lambda p: exact({**p, "g": p["g"] - 1})),
            Mutant(name="n + 1", value=lambda p: exact({**p, "n": p["n"] + 1})),
            Mutant(
                name="drawn with replacement",
                value=lambda p: float(_subsample_law.exact(Fraction(p["n"]), p["g"], replacement=True)),
            ),
        ),
        delta=0.08,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "arulandu2024.sub/law"},
    )


def _choices() -> tuple[Any, ...]:
    """Return both sides of the variance of a mean of n rows, covariances c and variances c + 1: c + 1/n."""
    _, _, _, n, v = symbols()
    return (n * (n - 1) * v + n * (v + 1)) / n**2, v + 1 / n


# Any growth.


def _any_block() -> tuple[Any, ...]:
    """Return 1/N - 1/(N + m) - m/(N + m)^2 for m new rows beside N: one step of v <= 2/n_1 - 1/N_g."""
    _, rows, m, *_ = symbols()
    return 1 / rows - 1 / (rows + m) - m / (rows + m) ** 2, {rows: 1, m: 1}


def _one_at_a_time() -> tuple[Any, ...]:
    """Return 1 + n trigamma(n + 1), the limit ratio of n real rows and one new row a fit, n, and 2."""
    import sympy

    n = symbols()[3]
    return 1 + n * sympy.polygamma(1, n + 1), n, sympy.Integer(2)


def _weights() -> tuple[Any, ...]:
    """Return both sides of a step: the mean of N rows takes m rows of the model, so it moves by m/(N + m) of noise."""
    import sympy

    _, rows, m, *_ = symbols()
    mean, noise = sympy.symbols("mean noise")
    return (rows * mean + m * (mean + noise)) / (rows + m), mean + m / (rows + m) * noise


def _growth_cases() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield whether v_g/v_1 is below 2: (1, 1) if it is, on schedules that grow as they like, in rationals."""
    for sizes in ([3] * 40, [k**3 for k in range(2, 40)], [2**k for k in range(30)], [50, *[1] * 60], [1, 1000, 1, 1]):
        total, ratio = 0, Fraction(0)
        for size in sizes:
            total += size
            ratio += Fraction(sizes[0] * size, total**2)
        yield f"{sizes[:4]}, …", 1, Fraction(ratio < 2)


CLAIMS = (
    claim(
        "subsample-stable",
        "Fitted on a subsample of all rows, the error stabilises: an exact recursion and its limits",
        r"\text{while test loss appears to stabilize, no analytic theory has been proven in this case to date}",
        "ASYMPTOTIC",
        "limit",
        source=Source(document="schaeffer2025", where="section 4.1", second_hand="Kazdan et al. 2024b"),
        domain=arulandu2024_subsample.DOMAIN,
        assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
        checks=(_stable(),),
        proofs=(
            Identity(statement="given the choices V_{k+1} <= max V + 1/n", sides=_choices),
            # The steps before these show that it lies above accumulation: arulandu2024.sub has them.
            *arulandu2024_subsample.proofs(False)[3:],
        ),
        enumerations=arulandu2024_subsample.recursion(False),
        uses=("arulandu2024.sub", "arulandu2024.sub-repl"),
        tags=("regression", "subsample"),
    ),
    claim(
        "any-growth",
        "Accumulated data stay within twice the first error however fast the rows grow: no condition on the growth",
        r"\text{the population risk will likely not diverge (in some cases, with an additional requirement that the "
        r"rate of AI data generation does not grow super-linearly)}",
        "BOUND HOLDS",
        "upper",
        checks=(
            *mean_checks(
                "location",
                "schedule(accumulate, power=2)",
                "square_error",
                points=({"n": 4, "g": 6, "sigma": 1.0},),
                value=lambda p: 2 * p["sigma"] ** 2 / p["n"],
                side="upper",
                delta=0.02,
                slips=(Mutant(name="the first error alone", value=lambda p: p["sigma"] ** 2 / p["n"]),),
                planted=(),
                blind={"spread": "mean-law", "a looser bound": "mean"},
                name="bound",
            ),
            *mean_checks(
                "location",
                "schedule(accumulate, power=2)",
                "square_error",
                points=({"n": 4, "g": 6, "sigma": 1.0},),
                slips=(Mutant(name="rows that do not grow", value=lambda p: 1.4913888888888889 / p["n"]),),
                planted=("workflow swapped",),
                beside="law",
            ),
        ),
        proofs=(
            Identity(statement="the mean of all rows moves by m/(N + m) of the new noise", sides=_weights),
            Inequality(statement="m/(N + m)^2 < 1/N - 1/(N + m), so v_g < 2/n_1 - 1/N_g", parts=_any_block),
            Limit(statement="one row a fit beside n real ones: 1 + n trigamma(n + 1) -> 2", parts=_one_at_a_time),
        ),
        enumerations=(Enumeration(statement="n_1 sum n_k/N_k^2 < 2", cases=_growth_cases),),
        tags=("regression", "accumulate", "bound"),
    ),
)
