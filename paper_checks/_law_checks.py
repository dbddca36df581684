"""The check of a mean and of the law it belongs to, where a claim knows both and the catalogue of loops does not.

The variance that licenses the mean comes from the claimed law, and the law is checked beside it on the same loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from paper_checks._claim import Check
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._sampler_mutants import sampler_mutants

__all__ = ["LOOKS", "law_checks", "slips"]

Point = Mapping[str, Any]
Number = Callable[[Point], float]
LOOKS = Looks(first=4096, count=12)
LAW_GAP = 0.02


def slips(value: Callable[[Point], Any], steps: Sequence[tuple[str, int]] = (("g", 1), ("n", 1))) -> tuple[Mutant, ...]:
    """Return wrong values: a parameter moved by a step, each way 5 % off.

    >>> [slip.name for slip in slips(lambda p: 1 / p["n"], [("n", 1)])]
    ['n +1', 'x 1.05', 'x 0.95']
    """
    moved = tuple(
        Mutant(
            name=f"{name} {step:+d}", value=lambda p, name=name, step=step: float(value({**p, name: p[name] + step}))
        )
        for name, step in steps
    )
    scaled = tuple(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * float(value(p))) for f in (1.05, 0.95))
    return (*moved, *scaled)


def law_checks(
    loop: Loop,
    estimand: str,
    *,
    mean: Callable[[Point], Any],
    spread: Number,
    law: Callable[[Point], Any] | None = None,
    points: Sequence[Point],
    because: str,
    wrong: Callable[[], Sequence[Mutant]],
    wrong_law: Callable[[], Sequence[Mutant]] = lambda: (),
    planted: Sequence[str] = ("generation off by one",),
    of: str = "printed",
    delta: float = 0.03,
    name: str = "mean",
    beside: str = "",
    discrete: bool = False,
) -> tuple[Check, ...]:
    """Return the check of ``mean(point)``, licensed by the variance ``spread(point)``, and of ``law(point)``.

    ``wrong`` and ``wrong_law`` make their mutants, beside the ``planted`` slips of the loop. Without a law
    ``beside`` names the check that watches the spread.

    >>> loop = Loop(process="location", workflow="replace", metric="square_error", n="n", at="g")
    >>> made = law_checks(loop, "E theta_g^2", mean=lambda p: p["g"] / p["n"], spread=lambda p: 2.0, points=({},),
    ...                   because="a square", wrong=lambda: (), beside="arulandu2024.w2-variance/scale-law")
    >>> [check.id for check in made]
    ['mean']
    """
    checked = Check(
        id=name,
        estimand=estimand,
        licence=Variance(of=spread, because=because),
        value=lambda point: float(mean(point)),
        sampler=loop.sampler(),
        points=tuple(points),
        mutants=lambda: (*wrong(), *sampler_mutants(loop, only=tuple(planted))),
        delta=delta,
        of=of,
        looks=LOOKS,
        budget=2**21,
        discrete=discrete,
        blind={"spread": f"{name}-law" if law else beside},
    )
    if law is None:
        return (checked,)
    whole = Check(
        id=f"{name}-law",
        estimand=f"the law of which {estimand} is the mean",
        licence=WholeLaw(),
        value=law,
        sampler=loop.sampler(),
        points=tuple(points),
        mutants=lambda: (Mutant(name="n doubled", value=lambda p: law({**p, "n": 2 * p["n"]})), *wrong_law()),
        gap=LAW_GAP,
        of=of,
        looks=LOOKS,
        budget=2**19,
    )
    return checked, whole
