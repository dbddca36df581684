"""Licences: what is known of an outcome's tail, and the one test that this knowledge allows.

No test of an unbounded mean is valid without declared knowledge of the tail, and a sample cannot supply it: a
tail that has produced no draw is invisible. So a licence is declared with a reason and never estimated.

    exact law   the law of the total, given its mean      exact tails (Clopper-Pearson for 0/1 outcomes)
    bounded     low <= X <= high                          the Catoni bound with variance (high - low)^2 / 4
    variance    Var X <= V                                the Catoni bound
    whole law   the distribution function                 a band around the empirical one
    none                                                  refused, with the remedies
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from groundwork.checks import number
from groundwork.errors import BadInput
from paper_checks._catoni import MeanTest, mean_test
from paper_checks._exact import ExactTest, exact_test
from paper_checks._families import Family
from paper_checks._law import LawTest, law_test
from paper_checks._outcome import BrokenLicence
from paper_checks._proportion import proportion_test
from paper_checks._stream import SampledTest
from paper_checks._two_laws import TwoLawsTest, two_laws_test

__all__ = [
    "REMEDIES",
    "Binary",
    "Bounded",
    "BoundedTest",
    "ExactLaw",
    "Licence",
    "SameLaw",
    "Variance",
    "WholeLaw",
    "require_licence",
]

Point = Mapping[str, Any]

REMEDIES = (
    "declare an exact law, a bound, a variance or the whole law; where the variance is infinite or too "
    "large, tilt the measure and weight the outcome, test the step conditional on the last generation, "
    "test the whole law, or take the logarithm (never alone: it is blind to reused keys)"
)


class Licence(Protocol):
    """What a licence offers: its kind, why it is granted, and the test of a claimed value at a point.

    ``needs_companion`` says that a HOLDS rests on more than the mean (on the variance, on the family), so
    that another check must look at the spread or at the whole law.
    """

    @property
    def kind(self) -> str: ...
    @property
    def because(self) -> str: ...
    @property
    def needs_companion(self) -> bool: ...
    def test(self, claimed: Any, point: Point, **how: Any) -> SampledTest: ...


@dataclass(frozen=True, kw_only=True)
class Variance:
    """Var X is known or bounded: a number, or a function of the parameter point.

    >>> Variance(of=lambda point: 2 / point["n"], because="chi-square").test(
    ...     1.0, {"n": 10}, alpha=1e-8, delta=0.05).variance
    0.2
    """

    of: Callable[[Point], float] | float
    because: str
    kind = "variance"
    needs_companion = True

    def test(self, claimed: float, point: Point, **how: Any) -> MeanTest:
        """Return the Catoni test of the mean."""
        return mean_test(claimed, self.of(point) if callable(self.of) else self.of, **how)


@dataclass(frozen=True, kw_only=True)
class BoundedTest(MeanTest):
    """A mean test whose outcomes must stay inside declared ends."""

    low: float
    high: float

    licence = "bounded"

    def start(self, last: int) -> Any:
        """Return accumulators that refuse an outcome outside the ends."""
        return _Fenced(self, super().start(last))


class _Fenced:
    def __init__(self, test: BoundedTest, sums: Any) -> None:
        self._test, self._sums, self.read = test, sums, sums.read

    def feed(self, x: np.ndarray) -> None:
        if x.min() < self._test.low or x.max() > self._test.high:
            ends = f"[{self._test.low:g}, {self._test.high:g}]"
            raise BrokenLicence(f"outcomes from {x.min():g} to {x.max():g} leave {ends}")
        self._sums.feed(x)


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """low <= X <= high always, so Var X <= (high - low)^2 / 4 (Popoviciu 1935).

    >>> Bounded(low=0, high=2, because="a total variation").test(1.0, {}, alpha=1e-8, delta=0.1).variance
    1.0
    """

    low: float
    high: float
    because: str
    kind = "bounded"
    needs_companion = True

    def __post_init__(self) -> None:
        low = number("low", self.low)
        number("high", self.high, low=low, open_low=True)

    def test(self, claimed: float, point: Point, **how: Any) -> BoundedTest:
        """Return the Catoni test of the mean with the largest variance the ends allow."""
        plain = mean_test(number("claimed", claimed), (self.high - self.low) ** 2 / 4, **how)
        fields = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
        return BoundedTest(**fields, low=self.low, high=self.high)


@dataclass(frozen=True, kw_only=True)
class Binary:
    """The outcome is 0 or 1: the law of a count is binomial whatever the process.

    >>> Binary().test(0.5, {}, alpha=1e-8, delta=0.1).licence
    'exact law'
    """

    because: str = "the outcome is an event"
    kind = "exact law"
    needs_companion = False

    def test(self, claimed: float, point: Point, **how: Any) -> ExactTest:
        """Return the exact test of the probability."""
        return proportion_test(claimed, **how)


@dataclass(frozen=True, kw_only=True)
class ExactLaw:
    """The law of the total of N outcomes is known for every mean: a family, or a function of the point."""

    family: Family | Callable[[Point], Family]
    because: str
    kind = "exact law"
    needs_companion = True

    def test(self, claimed: float, point: Point, **how: Any) -> ExactTest:
        """Return the exact test of the mean."""
        family = self.family(point) if callable(self.family) else self.family
        return exact_test(family, claimed, **how)


@dataclass(frozen=True, kw_only=True)
class WholeLaw:
    """The claim is a distribution function; it is continuous unless its atoms are declared."""

    because: str = "the claim is the law itself"
    atoms: Callable[[Point], tuple[float, ...]] | None = None
    kind = "whole law"
    needs_companion = False

    def test(self, claimed: Callable[[np.ndarray], np.ndarray], point: Point, **how: Any) -> LawTest:
        """Return the test of the whole distribution function."""
        return law_test(claimed, atoms=self.atoms(point) if self.atoms else None, **_for_laws(how))


@dataclass(frozen=True, kw_only=True)
class SameLaw:
    """Two samplers are claimed to draw from one law; the claimed value is the ruler of ``two_laws_test``."""

    because: str = "both empirical functions have a band of their own"
    kind = "whole law"
    needs_companion = False

    def test(self, claimed: Callable[[np.ndarray], np.ndarray], point: Point, **how: Any) -> TwoLawsTest:
        """Return the test that both columns of the draws have the same law."""
        return two_laws_test(claimed, **_for_laws(how))


_KINDS = (Variance, Bounded, Binary, ExactLaw, WholeLaw, SameLaw)


def require_licence(licence: Any) -> None:
    """Refuse a check that declares no knowledge of its outcome's tail, and say what can be done.

    >>> require_licence("none")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: licence = 'none': allowed is one of Variance, Bounded, Binary, ...
    """
    if not isinstance(licence, _KINDS):
        names = ", ".join(kind.__name__ for kind in _KINDS)
        raise BadInput("licence", licence, f"one of {names}", REMEDIES)
    if not licence.because.strip():
        raise BadInput("licence.because", licence.because, "a sentence that says why the licence is granted")


def _for_laws(how: dict[str, Any]) -> dict[str, Any]:
    if how.get("side", "two") != "two" or how.get("gap") is None:
        raise BadInput("gap, side", (how.get("gap"), how.get("side")), "a gap and side 'two' for a law")
    return {name: how[name] for name in ("alpha", "gap", "looks", "beta") if name in how}
