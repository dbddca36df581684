r"""Edited labels: one data set of n labels, k of which become the mean of all plus fresh noise at each step.

In the location model (one column of ones) every second moment is rational. With q the expected sum of squared residuals
a step that picks k labels at random gives, derived here,

.. math:: E m'^2 = E m^2 + (k + c q)/n^2, \quad q' = (1 - k/n - c/n) q + k - k/n, \quad c = k(1 - k/n)/(n - 1).

For the same k labels at every step the mean is a moving average of fresh noise and of labels that stay real.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks._chosen_rows import Mixture, edited
from paper_checks._claim import Check
from paper_checks._law_checks import law_checks, slips
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant

__all__ = [
    "DECAY",
    "ETA",
    "RANDOM",
    "RATE",
    "SAME",
    "edited_checks",
    "fixed_by_choices",
    "fixed_mse",
    "law_of",
    "moments",
    "printed_risk",
    "residuals",
    "steps_of",
    "symbols",
    "unit",
]

Point = Mapping[str, Any]
#: The ratio of the numbers of edits from step to step, eta^2, and eta itself.
RATE, ETA = Fraction(1, 4), Fraction(1, 2)


def steps_of(point: Point) -> tuple[int, ...]:
    """Return how many labels each step edits: k at all of g - 1 steps, or k, k rate, … rounded (``rate``).

    >>> steps_of({"n": 6, "k": 4, "g": 3}), steps_of({"n": 6, "k": 4, "g": 3, "rate": Fraction(1, 4)})
    ((4, 4), (4, 1))
    """
    rate = point.get("rate", 1)
    return tuple(round(point["k"] * rate**s) for s in range(point["g"] - 1))


def law_of(point: Point, *, fixed: bool = False) -> Mixture:
    """Return the law of the mean of the labels at fit g, by enumeration of the edited sets.

    >>> law_of({"n": 4, "k": 4, "g": 3}).mean_square()
    Fraction(3, 4)
    """
    return edited(point["n"], steps_of(point), fixed=fixed)


def fixed_mse(point: Point) -> Fraction:
    """Return E theta_g^2 in units of sigma^2 when the same k of n labels are edited at every step.

    With p = k/n, times n: p^(2g-1) + (1 - p^g)^2/(1 - p) + p (1 - p^(2g-2))/(1 - p^2).

    >>> fixed_mse({"n": 4, "k": 2, "g": 2})
    Fraction(7, 16)
    """
    p, g = Fraction(point["k"], point["n"]), point["g"]
    total = p ** (2 * g - 1) + (1 - p**g) ** 2 / (1 - p) + p * (1 - p ** (2 * g - 2)) / (1 - p**2)
    return total / point["n"]


def printed_risk(point: Point) -> float:
    """Return what the printed identity gives in the location model: (1 + sum tr M_i/n)/n times sigma^2."""
    n = point["n"]
    return point["sigma"] ** 2 * (1 + sum(steps_of(point)) / n) / n


def loop(workflow: str) -> Loop:
    return Loop(process="location(sigma={sigma})", workflow=workflow, metric="square_error", n="n", at="g")


RANDOM, SAME, DECAY = (
    loop(f"edit(replace, count={{k}}{more})") for more in ("", ", fixed=true", f", decay={float(RATE)}")
)


def unit(point: Point) -> float:
    return point["sigma"] ** 2


def edited_checks(loop: Loop, points: tuple[Point, ...], *, fixed: bool) -> tuple[Check, ...]:
    """Return the checks of the exact mean and of the exact law of the squared error."""

    def mean(point: Point) -> float:
        return unit(point) * float(fixed_mse(point) if fixed else law_of(point).mean_square())

    def spread(point: Point) -> float:
        return unit(point) ** 2 * float(law_of(point, fixed=fixed).square_variance())

    def wrong() -> tuple[Mutant, ...]:
        other = Mutant(
            name="the other choice of labels", value=lambda p: unit(p) * float(law_of(p, fixed=not fixed).mean_square())
        )
        dropped = Mutant(name="the term M(H - I)Y dropped", value=printed_risk)
        return (*slips(mean, [("g", 1), ("g", -1), ("n", 1), ("k", -1)]), other, dropped)

    return law_checks(
        loop,
        "E theta_g^2 under edited labels",
        mean=mean,
        spread=spread,
        law=lambda p: law_of(p, fixed=fixed).square_law(unit(p)),
        points=points,
        because="a normal law for each choice of the edited labels, all choices enumerated",
        wrong=wrong,
        wrong_law=lambda: (
            Mutant(name="g + 1", value=lambda p: law_of({**p, "g": p["g"] + 1}, fixed=fixed).square_law(unit(p))),
        ),
        of="exact",
    )


def symbols() -> tuple[Any, ...]:
    import sympy

    n, k, g = sympy.symbols("n k g", integer=True, positive=True)
    return n, k, g


def residuals() -> tuple[Any, ...]:
    """Return q after g steps, g, its step, and its value after one, from q = n - 1."""
    n, k, g = symbols()
    keep = 1 - k / n - k * (1 - k / n) / (n - 1) / n
    rest = (k - k / n) / (1 - keep)
    return rest + (n - 1 - rest) * keep**g, g, lambda q, g: keep * q + k - k / n, keep * (n - 1) + k - k / n


def moments(covariance: Any) -> tuple[Fraction, Fraction]:
    n = len(covariance)
    square = sum((entry for line in covariance for entry in line), Fraction(0)) / n**2
    return square, sum((covariance[i][i] for i in range(n)), Fraction(0)) - n * square


def fixed_by_choices() -> Iterator[tuple[str, Any, Fraction]]:
    for n, k, g in ((4, 2, 5), (6, 3, 4), (5, 4, 3)):
        yield (
            f"n = {n}, k = {k}, g = {g}",
            fixed_mse({"n": n, "k": k, "g": g}),
            edited(n, (k,) * (g - 1), fixed=True).mean_square(),
        )
