"""Enclosures by both arithmetics: the same floats where both give one, and bad input in words by either."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from groundwork.errors import BadInput
from paper_checks._enclosure import Enclosure, _by_balls, _by_intervals

Enclose = Callable[[Callable[[Any], Any], int], Enclosure]


@pytest.fixture(params=["mpmath iv", "python-flint arb"])
def enclosed(request: pytest.FixtureRequest) -> Enclose:
    if request.param == "mpmath iv":
        return _by_intervals
    pytest.importorskip("flint")
    return _by_balls


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (lambda a: a.number(1, 3), 1 / 3),
        (lambda a: -a.number(1, 3), -1 / 3),
        (lambda a: (1 - a.number(1, 50)) ** 250, (1 - 1 / 50) ** 250),
        (lambda a: 2 * a.number(1, 3) - 1 + a.pi() / 2, 2 / 3 - 1 + math.pi / 2),
        (lambda a: a.exp(a.log(a.number(5)) / 2) - a.sqrt(a.number(5)), 0.0),
        (lambda a: a.gamma(a.number(1, 2)) ** 2, math.pi),
    ],
)
def test_a_value_lies_inside_and_the_ends_are_neighbours(
    enclosed: Enclose, function: Callable[[Any], Any], value: float
) -> None:
    found = enclosed(function, 50)
    assert found.low <= found.high
    assert found.low == pytest.approx(value, rel=1e-14, abs=1e-40)
    assert found.high == pytest.approx(value, rel=1e-14, abs=1e-40)
    assert value == 0 or found.high <= math.nextafter(found.low, math.inf)


def test_an_end_that_is_a_float_is_kept(enclosed: Enclose) -> None:
    for exact in (lambda a: a.number(3, 4), lambda a: a.number(0)):
        found = enclosed(exact, 50)
        assert found.low == found.high
    assert enclosed(lambda a: 3, 50).low == 3.0


def test_what_no_float_is_above_zero_for_stays_positive(enclosed: Enclose) -> None:
    found = enclosed(lambda a: a.exp(a.number(-1_000_000)), 50)
    assert (found.low, found.high) == (0.0, math.nextafter(0.0, 1.0))


@pytest.mark.parametrize(
    "function",
    [
        lambda a: a.log(a.number(-1)),
        lambda a: a.sqrt(a.number(-2)),
        lambda a: a.gamma(a.number(0)),
        lambda a: a.number(1) / (a.number(1, 3) - a.number(1, 3)),
    ],
)
def test_an_undefined_value_is_refused_in_words(enclosed: Enclose, function: Callable[[Any], Any]) -> None:
    with pytest.raises(BadInput, match="finite enclosure"):
        enclosed(function, 50)


def test_a_value_beyond_the_floats_is_refused_with_the_way_out(enclosed: Enclose) -> None:
    with pytest.raises(BadInput, match="logarithm"):
        enclosed(lambda a: a.gamma(a.number(500_000)), 50)


def test_the_two_arithmetics_give_the_same_floats() -> None:
    pytest.importorskip("flint")
    for n in range(2, 60):

        def c4(a: Any, n: int = n) -> Any:
            return a.sqrt(a.number(2, n - 1)) * a.gamma(a.number(n, 2)) / a.gamma(a.number(n - 1, 2))

        balls, intervals = _by_balls(c4, 50), _by_intervals(c4, 50)
        assert (balls.low, balls.high) == (intervals.low, intervals.high)
