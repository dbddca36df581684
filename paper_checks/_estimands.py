"""What is known about the metric of a loop: its mean where theory has it, its tail always, and what watches the tail.

A verdict on a mean needs a licence, and a licence is knowledge, never an estimate. This is the list of what is known:
processes by file (``_estimands_gaussian``, ``_estimands_normal``, ``_estimands_discrete``), and what the user declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundwork.errors import BadInput
from paper_checks._estimands_loop import Loop
from paper_checks._licence import Bounded, Licence, Variance

__all__ = ["Companion", "Ends", "Estimand", "Trusted", "estimand"]

Point = Mapping[str, Any]
Number = Callable[[Point], float]


def _nothing(point: Point) -> str:
    return ""


WAYS = "declare what is known: --variance FORMULA, or --bounds LOW,HIGH"


@dataclass(frozen=True, kw_only=True)
class Companion:
    """The check that watches what a mean is blind to: the whole ``law``, or the ``spread`` about the exact mean.

    ``law(point)`` is a distribution function. ``centre`` and ``fourth`` are the mean and the fourth central moment of
    the metric, for a check of E (X - centre)^2. ``covers`` tells the points where it is known.
    """

    law: Callable[[Point], Any] | None = None
    centre: Number | None = None
    fourth: Number | None = None
    covers: Callable[[Point], bool] = lambda point: True


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """The metric of a loop as the outcome of an experiment: licence, exact mean, companion.

    ``spread(point)`` is the variance that sets the number of paths; ``exact(point)`` the mean and ``form()`` its
    formula, None where theory has none. ``no_mean(point)`` and ``no_spread(point)`` say in words why there is none at
    a point, empty if there is one. ``signed`` metrics have no scale of their own: their precision is set by their
    spread. Without a licence only what the user declares can decide.
    """

    licence: Licence | None = None
    spread: Number | None = None
    no_mean: Callable[[Point], str] = _nothing
    no_spread: Callable[[Point], str] = _nothing
    exact: Number | None = None
    form: Callable[[], Any] | None = None
    source: str = ""
    companion: Companion | None = None
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class Ends(Bounded):
    """Ends that depend on the point. Every path is held against them, so no spread is left for a companion to watch.

    >>> Ends(of=lambda point: (0, point["N"]), because="a count").test(1.0, {"N": 4}, alpha=1e-8, delta=0.1).high
    4
    """

    of: Callable[[Point], tuple[float, float]]
    low: float = 0.0
    high: float = 1.0
    needs_companion = False

    def test(self, claimed: float, point: Point, **how: Any) -> Any:
        """Return the test with the ends of this point."""
        low, high = self.of(point)
        return Bounded(low=low, high=high, because=self.because).test(claimed, point, **how)


@dataclass(frozen=True, kw_only=True)
class Trusted(Variance):
    """A variance that nothing watches: on the word of whoever asks, or of the watch itself."""

    needs_companion = False


def estimand(
    loop: Loop, *, variance: Number | None = None, ends: Callable[[Point], tuple[float, float]] | None = None
) -> Estimand:
    """Return what is known about the loop's metric; ``variance`` or ``ends`` is what the user declares of its tail.

    >>> from paper_checks._estimands_loop import make_loop
    >>> known = estimand(make_loop("location", "accumulate", "square_error"))
    >>> round(known.exact({"n": 10, "g": 2, "sigma": 1.0}), 12), known.licence.kind
    (0.125, 'variance')
    >>> loop = make_loop("gaussian", "subsample", "variance")
    >>> estimand(loop, variance=lambda point: 1.0).licence.because
    'declared by you'
    >>> estimand(loop)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: licence = 'variance of gaussian under subsample': allowed is a metric whose ...
    """
    from paper_checks import _estimands_discrete, _estimands_gaussian, _estimands_normal

    homes = {
        "gaussian": _estimands_gaussian.known,
        "linear": _estimands_normal.linear,
        "location": _estimands_normal.location,
        "wright_fisher": _estimands_discrete.known,
    }
    found = homes[loop.process](loop) if loop.process in homes else Estimand()
    if ends is not None:
        licence: Licence = Ends(of=ends, because="declared by you")
        width: Number = lambda point: (ends(point)[1] - ends(point)[0]) ** 2 / 4  # noqa: E731
        return replace(found, licence=licence, spread=width, companion=None, no_spread=_nothing)
    if variance is not None:
        declared = _no_less(variance, found)
        licence = Trusted(of=declared, because="declared by you")
        return replace(found, licence=licence, spread=declared, companion=None, no_spread=_nothing)
    if found.licence is None:
        raise BadInput("licence", loop.words(), "a metric whose variance or ends are known", WAYS)
    return found


def _no_less(declared: Number, found: Estimand) -> Number:
    """Return the declared variance, refused where it is below the one that is known."""
    known = found.spread
    if known is None or not isinstance(found.licence, Variance):
        return declared

    def spread(point: Point) -> float:
        here, least = declared(point), known(point)
        if here < least * (1 - 1e-9):
            raise BadInput("variance", f"{here:g} at {dict(point)}", f"no less than {least:g}, which is known")
        return here

    return spread
