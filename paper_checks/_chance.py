"""Checks of a probability, of a bounded mean, of a mean with a known variance: the slips that every one of them gets.

A value under test is a function of the point; its slips are a step in each named integer and 2 % up and down. The
planted ones of the process are named; a few that serve every loop come by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundwork.errors import BadInput
from paper_checks._claim import Check
from paper_checks._estimands import Ends
from paper_checks._licence import Binary, Variance
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant

__all__ = ["LOOKS", "bounded", "event", "known_spread", "stepped"]

Point = Mapping[str, Any]
Number = Callable[[Point], float]
LOOKS = Looks(first=4096, count=11)

#: Planted in every loop unless a check says otherwise; both are cheap to simulate.
PLANTED = ("generation off by one", "key reused over paths")


def stepped(value: Number, steps: Sequence[str] = ("n", "g"), *, by: float = 0.02) -> tuple[Mutant, ...]:
    """Return the slips of a value: each named integer one up and one down, and the whole scaled.

    >>> [mutant.name for mutant in stepped(lambda point: point["g"] / point["n"], ("g",))]
    ['g +1', 'g -1', 'x 1.02', 'x 0.98']
    """

    def moved(name: str, step: int) -> Mutant:
        def changed(point: Point) -> float:
            try:
                return float(value({**point, name: point[name] + step}))
            except (BadInput, ZeroDivisionError):
                # No value at all there: anybody sees that.
                return float("nan")

        return Mutant(name=f"{name} {step:+d}", value=changed)

    scaled = (
        Mutant(name=f"x {f:g}", value=lambda p, f=f: f * float(value(p))) for f in (round(1 + by, 6), round(1 - by, 6))
    )
    return (*(moved(name, step) for name in steps for step in (1, -1)), *scaled)


def _mutants(
    loop: Loop,
    value: Number,
    steps: Sequence[str],
    slips: Sequence[Mutant],
    planted: Sequence[str],
    equivalent: Mapping[str, tuple[str, str]],
    by: float,
) -> tuple[Mutant, ...]:
    from paper_checks._sampler_mutants import sampler_mutants

    of_process = sampler_mutants(loop, only=tuple(planted), equivalent=equivalent) if planted else ()
    return (*stepped(value, steps, by=by), *slips, *of_process)


def _check(
    name: str,
    estimand: str,
    loop: Loop,
    licence: Any,
    value: Number,
    points: Sequence[Point],
    *,
    steps: Sequence[str] = ("n", "g"),
    slips: Sequence[Mutant] = (),
    planted: Sequence[str] = PLANTED,
    equivalent: Mapping[str, tuple[str, str]] | None = None,
    delta: float | None = 0.02,
    gap: float | None = None,
    side: str = "two",
    of: str = "printed",
    truth: Number | None = None,
    blind: Mapping[str, str] | None = None,
    budget: int = 2**20,
    discrete: bool = False,
) -> Check:
    by = max(0.02, 1.5 * (delta or 0.0))
    return Check(
        id=name,
        estimand=estimand,
        licence=licence,
        value=lambda p: float(value(p)),
        sampler=loop.sampler(),
        points=tuple(points),
        mutants=lambda: _mutants(loop, value, steps, slips, planted, equivalent or {}, by),
        delta=None if gap is not None else delta,
        gap=gap,
        side=side,
        of=of,
        truth=truth,
        blind=dict(blind or {}),
        looks=LOOKS,
        budget=budget,
        discrete=discrete,
    )


def event(name: str, estimand: str, loop: Loop, value: Number, points: Sequence[Point], **how: Any) -> Check:
    """Return the check that an event of a loop, an outcome of 0 or 1, has the claimed probability.

    >>> loop = Loop(process="exponential_family(poisson)", workflow="replace", metric="alive", n="n", at="g")
    >>> event("alive", "P(alive)", loop, lambda p: 0.5, ({"n": 2, "g": 1},)).licence.kind
    'exact law'
    """
    return _check(name, estimand, loop, Binary(), value, points, **how)


def bounded(
    name: str,
    estimand: str,
    loop: Loop,
    value: Number,
    points: Sequence[Point],
    *,
    ends: Callable[[Point], tuple[float, float]],
    because: str,
    **how: Any,
) -> Check:
    """Return the check of the mean of an outcome whose least and largest value are known at each point.

    >>> loop = Loop(process="kde", workflow="replace", metric="density", n="n", at="g")
    >>> ends = {"ends": lambda p: (0.0, 2.0), "because": "a kernel has a top"}
    >>> bounded("density", "E f(0)", loop, lambda p: 0.4, ({"n": 2, "g": 1},), **ends).licence.needs_companion
    False
    """
    return _check(name, estimand, loop, Ends(of=ends, because=because), value, points, **how)


def known_spread(
    name: str,
    estimand: str,
    loop: Loop,
    value: Number,
    points: Sequence[Point],
    *,
    variance: Number,
    because: str,
    **how: Any,
) -> Check:
    """Return the check of a mean whose variance is known; ``blind`` names what watches that variance.

    >>> loop = Loop(process="labelled_mixture", workflow="replace", metric="sd", n="n", at="g")
    >>> spread = {"variance": lambda p: 1.0, "because": "chi-squares", "blind": {"spread": "beyond.other/law"}}
    >>> known_spread("sd", "E sd", loop, lambda p: 1.0, ({"n": 2, "g": 1},), **spread).licence.kind
    'variance'
    """
    return _check(name, estimand, loop, Variance(of=variance, because=because), value, points, **how)
