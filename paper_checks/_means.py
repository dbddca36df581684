"""The checks of a mean, made from what is known of a loop: licence, law or spread beside it, planted slips.

A claim about the mean of a metric says which loop, which formula and at which points; everything else follows from the
catalogue of ``_estimands``. Nothing is looked up before a check runs, so that a claim stays readable without jax.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from groundwork.checks import choice
from groundwork.errors import BadInput
from paper_checks._claim import Check, late
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant

__all__ = ["Known", "mean_checks"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)

#: How finely a companion looks: a gap between distribution functions, a relative error of a variance.
LAW_GAP, SPREAD_DELTA = 0.02, 0.06


@dataclass(frozen=True, kw_only=True)
class Known(Variance):
    """The licence that the catalogue grants to the metric of a loop, looked up when a test is made.

    >>> known = Known(loop=("location", "replace", "square_error"))
    >>> round(known.test(0.1, {"n": 10, "g": 1, "sigma": 1.0}, alpha=1e-8, delta=0.1).variance, 12)
    0.02
    """

    loop: tuple[str, str, str]
    of: Any = 0.0
    because: str = "what is known of the loop (paper_checks/_estimands.py)"

    def test(self, claimed: float, point: Point, **how: Any) -> Any:
        """Return the test that the loop's own licence allows."""
        estimand = _known(self.loop)
        reason = estimand.no_mean(point) or estimand.no_spread(point)
        if reason:
            raise BadInput("licence", dict(point), "a point at which the metric has a mean and a variance", reason)
        return estimand.licence.test(claimed, point, **how)


@lru_cache(maxsize=256)
def _made(loop: tuple[str, str, str]) -> Any:
    from paper_checks._estimands_loop import make_loop

    return make_loop(*loop)


@lru_cache(maxsize=256)
def _known(loop: tuple[str, str, str]) -> Any:
    from paper_checks._estimands import estimand

    return estimand(_made(loop))


@lru_cache(maxsize=256)
def _sampler(loop: tuple[str, str, str], generations: int, squared: bool) -> Any:
    """Return the sampler of the metric, or of its squared distance from the exact mean."""
    made = _made(loop)
    if not squared:
        return made.sampler(generations=generations)
    centre = _known(loop).companion.centre
    return made.sampler(generations=generations, then=lambda x, p: (x - centre(p)) ** 2)


def mean_checks(
    process: str,
    workflow: str,
    metric: str,
    *,
    points: Sequence[Point],
    formula: Callable[[], Any] | None = None,
    value: Callable[[Point], float] | None = None,
    of: str = "printed",
    side: str = "two",
    delta: float | None = 0.02,
    gap: float | None = None,
    beside: str = "",
    slips: Sequence[Mutant] | Callable[[], Sequence[Mutant]] = (),
    planted: Sequence[str] | None = None,
    blind: Mapping[str, str] | None = None,
    discrete: bool = False,
    budget: int = 2**21,
    name: str = "mean",
) -> tuple[Check, ...]:
    """Return the check of a mean and, where ``beside`` asks for one, of the ``law`` or the ``spread`` it is blind to.

    The claimed value is ``value(point)``, or that of the sympy ``formula()``, or the exact mean of the catalogue.
    Its mutants are the slips of the formula, ``slips``, and the sampler mutants named in ``planted`` (a few that
    serve every loop, by default). Without ``beside`` the claim must name another check in ``blind`` for 'spread'
    unless the outcome is bounded. ``discrete`` outcomes have atoms, so equal values are no defect.

    >>> checks = mean_checks("location", "replace", "square_error", beside="law",
    ...                      points=({"n": 10, "g": 1, "sigma": 1.0},))
    >>> [check.id for check in checks], round(checks[0].value(checks[0].points[0]), 12)
    (['mean', 'mean-law'], 0.1)
    """
    loop = (process, workflow, metric)
    choice("beside", beside, ("", "law", "spread"))
    held = {"": dict(blind or {}), "law": {"spread": f"{name}-law"}, "spread": {"spread": f"{name}-spread"}}[beside]
    claimed = value or _value(loop, formula)
    generations = max(point["g"] for point in points)
    mean = Check(
        id=name,
        estimand=f"the mean of {metric} of {process} under {workflow}",
        licence=Known(loop=loop),
        value=claimed,
        sampler=lambda seed, point: _sampler(loop, generations, False)(seed, point),
        points=tuple(points),
        mutants=lambda: _slips(loop, claimed, formula, slips, planted, points),
        delta=None if gap is not None else delta,
        gap=gap,
        of=of,
        side=side,
        truth=(lambda point: _known(loop).exact(point)) if side != "two" else None,
        looks=LOOKS,
        budget=budget,
        discrete=discrete,
        blind=held | dict(blind or {}),
    )
    if not beside:
        return (mean,)
    return mean, _beside(loop, beside, points, of, name, generations)


def _value(loop: tuple[str, str, str], formula: Callable[[], Any] | None) -> Callable[[Point], float]:
    @lru_cache(maxsize=1)
    def settled() -> Callable[[Point], float]:
        if formula is None:
            return _known(loop).exact
        from paper_checks._trial_case import number

        return number(late(formula)(), _made(loop))

    return lambda point: float(settled()(point))


def _slips(
    loop: tuple[str, str, str],
    claimed: Callable[[Point], float],
    formula: Callable[[], Any] | None,
    slips: Sequence[Mutant] | Callable[[], Sequence[Mutant]],
    planted: Sequence[str] | None,
    points: Sequence[Point],
) -> tuple[Mutant, ...]:
    """Return the slips of the formula, or of one step where it has no tree, and the planted ones of the process."""
    own = tuple(slips() if callable(slips) else slips)
    if formula is not None:
        from paper_checks._formula_mutants import formula_mutants
        from paper_checks._trial_case import number

        shapes = formula_mutants(late(formula)())
        own += tuple(Mutant(name=slip.name, value=number(slip.expression, _made(loop))) for slip in shapes)
    else:
        own += tuple(_stepped(claimed, step) for step in ("g", "n"))
        own += (Mutant(name="x 1.05", value=lambda p: 1.05 * claimed(p)),)
    return own + _planted(loop, planted, points)


def _stepped(claimed: Callable[[Point], float], step: str) -> Mutant:
    def value(point: Point) -> float:
        try:
            return claimed({**point, step: point[step] + 1})
        except (BadInput, ZeroDivisionError):
            return float("nan")

    return Mutant(name=f"{step} + 1", value=value)


def _planted(loop: tuple[str, str, str], names: Sequence[str] | None, points: Sequence[Point]) -> tuple[Mutant, ...]:
    from paper_checks._loop import Loop
    from paper_checks._sampler_mutants import sampler_mutants

    made = _made(loop)
    wanted = ("generation off by one",) if names is None else tuple(names)
    if not wanted:
        return ()
    whole = Loop(
        process=lambda point: made.made(point)[0],
        workflow=lambda point: made.made(point)[1],
        metric=made.metric,
        n="n",
        at="g",
    )
    return sampler_mutants(whole, only=wanted)


def _beside(
    loop: tuple[str, str, str], kind: str, points: Sequence[Point], of: str, name: str, generations: int
) -> Check:
    """Return the check of the law, at every point where it is known, or of the spread, at the earliest."""
    words = f"{loop[2]} of {loop[0]} under {loop[1]}"
    if kind == "law":
        law = lambda point: _known(loop).companion.law(point)  # noqa: E731
        return Check(
            id=f"{name}-law",
            estimand=f"the law of {words}",
            licence=WholeLaw(),
            value=law,
            sampler=lambda seed, point: _sampler(loop, generations, False)(seed, point),
            points=tuple(points),
            mutants=(Mutant(name="n doubled", value=lambda p: law({**p, "n": 2 * p["n"]})),),
            gap=LAW_GAP,
            of=of,
            looks=LOOKS,
            budget=2**19,
        )
    first = min(points, key=lambda p: (p["g"], -p["n"]))
    spread = lambda point: _known(loop).spread(point)  # noqa: E731
    return Check(
        id=f"{name}-spread",
        estimand=f"the variance of {words}",
        licence=Variance(
            of=lambda p: _known(loop).companion.fourth(p) - spread(p) ** 2,
            because="the recursion that gives the variance, to the fourth moment",
        ),
        value=spread,
        sampler=lambda seed, point: _sampler(loop, generations, True)(seed, point),
        points=(first,),
        mutants=(
            Mutant(name="x 0.8", value=lambda p: 0.8 * spread(p)),
            Mutant(name="x 1.25", value=lambda p: 1.25 * spread(p)),
        ),
        delta=SPREAD_DELTA,
        of=of,
        looks=LOOKS,
        budget=2**21,
        # The spread of a squared distance is watched by the law of the metric, in the claim about sigma_g.
        blind={"spread": "arulandu2024.w2-variance/scale-law"},
    )
