"""The runner of sampled comparisons: looks, budget, guards, and a three-way answer for each.

A comparison is a test (what is claimed, at which alpha, with which licence) and a draw (a sampler). All
comparisons of a run walk through the same looks together, so a sampler that several of them share runs once a
block. A run with a larger budget passes through the same looks and goes on: that is how a result is extended.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from groundwork.errors import BadInput
from paper_checks._looks import POWER, smallest_paths
from paper_checks._outcome import Outcome, Status
from paper_checks._seeds import digest
from paper_checks._stream import Cell, Draw, Rules, SampledTest, Stream

__all__ = ["Rules", "columns", "engine_digest", "run"]


def run(
    tests: Sequence[SampledTest],
    draws: Draw | Sequence[Draw],
    rules: Rules,
    *,
    stamp: Mapping[str, Any] | None = None,
    on_look: Callable[[int, int, int], None] | None = None,
) -> tuple[Outcome, ...]:
    """Return one outcome a test, in order.

    ``draws`` is one sampler for all tests or one for each; equal samplers run once. ``stamp``
    (parameters, seeds, the sampler's version) enters each digest. ``on_look(look, paths, still_open)`` is
    called after each look. Numbers depend neither on the block size nor on which other tests share the
    run.

    >>> from paper_checks._catoni import mean_test
    >>> from paper_checks._looks import Looks
    >>> def draw(ids):
    ...     return np.array([np.random.default_rng((1, i)).exponential() for i in ids])
    >>> looks = Looks(first=512, count=2)
    >>> claims = [mean_test(value, 1.0, alpha=1e-3, delta=0.5, looks=looks) for value in (1.0, 2.0)]
    >>> [outcome.status.value for outcome in run(claims, draw, Rules(budget=1024))]
    ['HOLDS', 'REFUTED']
    """
    began = time.monotonic()
    looks = _common_looks(tests)
    last = looks.last(rules.budget)
    if last is None:
        message = f"zero samples: the budget of {rules.budget} paths ends before the first look, {looks.first}"
        return tuple(_outcome(test, Status.ERROR, -1, -1, message=message) for test in tests)
    cells = [Cell(test, test.start(end), end) for test in tests for end in (_end(test, last),)]
    streams = _streams(cells, draws)
    for look in range(last + 1):
        _draw_up_to(look, looks.paths(look - 1) if look else 0, streams, rules)
        late = rules.seconds is not None and time.monotonic() - began > rules.seconds
        for stream in streams:
            for cell in stream.open():
                cell.outcome = _at_look(cell, stream, look, stop=late or look == cell.last)
        still_open = sum(cell.outcome is None for cell in cells)
        if on_look:
            on_look(look, looks.paths(look), still_open)
        if not still_open:
            break
    seconds = time.monotonic() - began
    return tuple(_sealed(cell, stamp, seconds) for cell in cells)


def columns(draw: Callable[[np.ndarray], np.ndarray], width: int) -> tuple[Draw, ...]:
    """Return ``width`` samplers, one a column, of a draw that gives shape (paths, width) in one go.

    The last blocks are kept, so that a run that asks for every column of a block simulates it once.

    >>> calls = []
    >>> def curve(ids):
    ...     calls.append(len(ids))
    ...     return np.stack([ids * 1.0, ids * 2.0], axis=1)
    >>> first, second = columns(curve, 2)
    >>> first(np.arange(3)), second(np.arange(3)), len(calls)
    (array([0., 1., 2.]), array([0., 2., 4.]), 1)
    """
    kept: dict[bytes, np.ndarray] = {}

    def block(ids: np.ndarray) -> np.ndarray:
        key = ids.tobytes()
        if key not in kept:
            while len(kept) > 1:
                kept.pop(next(iter(kept)))
            kept[key] = draw(ids)
            if kept[key].ndim != 2 or kept[key].shape[1] != width:
                raise BadInput("draw", kept[key].shape, f"an array of shape (paths, {width})")
        return kept[key]

    return tuple(lambda ids, i=i: np.ascontiguousarray(block(ids)[:, i]) for i in range(width))


def _common_looks(tests: Sequence[SampledTest]) -> Any:
    looks = {test.looks for test in tests}
    if len(looks) != 1:
        raise BadInput("tests", len(looks), "at least one test, all with the same plan of looks")
    return looks.pop()


def _streams(cells: list[Cell], draws: Draw | Sequence[Draw]) -> list[Stream]:
    samplers = [draws] * len(cells) if callable(draws) else list(draws)
    if len(samplers) != len(cells):
        raise BadInput("draws", len(samplers), f"one sampler, or one for each of the {len(cells)} tests")
    streams: dict[tuple[int, int], Stream] = {}
    for cell, draw in zip(cells, samplers, strict=True):
        streams.setdefault((id(draw), cell.test.columns), Stream(draw)).cells.append(cell)
    return list(streams.values())


def _draw_up_to(look: int, drawn: int, streams: list[Stream], rules: Rules) -> None:
    paths = streams[0].cells[0].test.looks.paths(look)
    for start in range(drawn, paths, rules.block):
        ids = np.arange(start, min(start + rules.block, paths), dtype=np.int64)
        for stream in streams:
            if not stream.open():
                continue
            fault = stream.take(ids, rules)
            for cell in stream.open() if fault else ():
                cell.outcome = _outcome(cell.test, Status.ERROR, look, cell.last, message=fault or "")


def _end(test: SampledTest, last: int) -> int:
    """Return the last look that a test takes: the one after its design look, if the budget reaches that far.

    At the design look an exact claim holds with probability 0.99, at the next one all but surely; looks beyond
    it would cost their sums on every path and decide nothing.
    """
    return last if test.design.look is None else min(last, test.design.look + 1)


def _at_look(cell: Cell, stream: Stream, look: int, *, stop: bool) -> Outcome | None:
    """Return the outcome of a cell at a look, None if it goes on."""
    last = cell.last
    if stream.lost:
        sentence = f"a mean over survivors is another quantity; {stream.lost_sentence}"
        return _outcome(cell.test, Status.UNDECIDED, look, last, message=sentence, lost=stream.lost)
    reading = cell.sums.read()
    if reading.status is Status.UNDECIDED and not stop:
        return None
    message = ""
    if reading.status is Status.UNDECIDED:
        wanted = _wanted_paths(cell.test)
        message = f"the wanted precision needs {wanted} paths" if wanted else "no number of paths is enough"
    return _outcome(
        cell.test,
        reading.status,
        look,
        last,
        message=message,
        estimate=reading.estimate,
        low=reading.low,
        high=reading.high,
        statistic=reading.statistic,
        p_value=reading.p_value,
    )


def _outcome(test: SampledTest, status: Status, look: int, last: int, **figures: Any) -> Outcome:
    reached = look if status is Status.UNDECIDED else last
    return Outcome(
        status=status,
        licence=test.licence,
        side=test.side,
        value=test.value,
        alpha=test.alpha,
        paths=test.looks.paths(look) if look >= 0 else 0,
        looks=look + 1,
        looks_planned=test.looks.count,
        gap=test.design.gap,
        resolution=_resolution(test, reached) if reached >= 0 else float("inf"),
        power=POWER,
        wanted_paths=_wanted_paths(test) if status is Status.UNDECIDED else test.design.paths,
        **figures,
    )


def _resolution(test: SampledTest, last: int) -> float:
    """Return the smallest error that a run up to this look refutes with the stated power.

    The power is that of the whole procedure: 1 - beta less alpha at most, for an error as large as the gap
    is certified at an early look with probability alpha at most. Below the gap an error may rightly be
    certified, so looks beyond the design look do not sharpen it.
    """
    reached = test.resolution(test.looks.paths(last))
    return reached if test.design.look is None else max(reached, test.design.gap)


@lru_cache(maxsize=1024)
def _wanted_paths(test: SampledTest) -> int | None:
    return smallest_paths(test.resolution, test.design.wanted)


def _sealed(cell: Cell, stamp: Mapping[str, Any] | None, seconds: float) -> Outcome:
    if cell.outcome is None:
        raise RuntimeError("a comparison ended without an outcome")
    facts = {
        "engine": engine_digest(),
        "test": cell.test.facts(),
        "alpha": cell.test.alpha,
        "gap": cell.test.design.gap,
        "looks": [cell.test.looks.first, cell.test.looks.count],
        "versions": [platform.python_version(), np.__version__],
        "stamp": dict(stamp or {}),
    }
    return replace(cell.outcome, seconds=seconds, digest=digest(facts))


@lru_cache(maxsize=1)
def engine_digest() -> str:
    """Return the SHA-256 of the engine's own source, 64 hex digits.

    >>> len(engine_digest())
    64
    """
    total = sha256()
    for file in sorted(Path(__file__).parent.glob("_*.py")):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
