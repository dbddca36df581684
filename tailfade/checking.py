"""What ``tailfade check`` does: a verdict on a formula of anybody's, for a loop of anybody's, without a file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.checks import choice
from groundwork.errors import BadInput
from tailfade.verification import BUDGETS, SUITE

if TYPE_CHECKING:
    from paper_checks._outcome import Outcome
    from paper_checks._trial import Trial

__all__ = ["Checked", "check"]

_CODES = {"EXACT": 0, "HOLDS": 0, "BOUND HOLDS": 0, "HOLDS TO ORDER": 0, "REFUTED": 1, "UNDECIDED": 3}
_AS = {"equal": "as an equality", "upper": "as an upper bound", "lower": "as a lower bound"}


@dataclass(frozen=True)
class Checked:
    """A verdict on a formula: one word, one sentence, and a row a parameter point.

    ``exact`` is theory's closed form, ``left_out`` the points that cannot be tried, with the reason;
    ``undistinguished`` are slips of the formula that this run cannot tell from it. ``command`` gives it all again.
    """

    formula: str
    loop: str
    relation: str
    verdict: str
    sentence: str
    rows: list[dict[str, Any]]
    exit_code: int
    command: str
    licence: str = ""
    exact: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    undistinguished: tuple[str, ...] = ()
    killed: int = 0
    resolution: float | None = None
    trial: Any = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data."""
        names = [name for name in self.__dataclass_fields__ if name != "trial"]
        return {"schema": 1, **{name: getattr(self, name) for name in names}}

    def __repr__(self) -> str:
        """Return the sentence with the loop, for a notebook."""
        return f"{self.formula}, {self.loop}: {self.sentence}"


def check(
    formula: str,
    process: Any,
    workflow: Any = "replace",
    metric: str | None = None,
    *,
    relation: str = "equal",
    at: Mapping[str, Any] | None = None,
    budget: str = "standard",
    variance: str | None = None,
    bounds: str | Sequence[Any] | None = None,
) -> Checked:
    """Return the verdict on a formula as the mean of a loop's metric: whether it holds, as what, and where it breaks.

    ``process`` and ``workflow`` are texts as on the command line, or instances; parameters that they leave out are
    free, and the formula may depend on them as on n and g. ``relation`` is equal, upper, lower or order(n, p). ``at``
    gives values of single parameters, ``budget`` is quick, standard or deep (precision 4 %, 1 %, 0.5 %). Where nothing
    is known of the metric's tail, ``variance`` (a formula) or ``bounds`` (two) declares it.

    >>> check("sigma**2*g/n", "location", metric="square_error", budget="quick", at={"n": 20}).verdict
    'EXACT'
    >>> check("sigma**2*gee/n", "location")
    Traceback (most recent call last):
    groundwork.errors.BadInput: formula = 'sigma**2*gee/n': allowed is a formula; 'gee' at column 10 is no symbol: \
known are g, n, sigma
    """
    from tailfade.setup import prepare

    coarser = BUDGETS[choice("budget", budget, BUDGETS)]
    prepare()
    from paper_checks._estimands_loop import make_loop, spelled
    from paper_checks._trial import try_formula
    from theory.reading import read

    loop = make_loop(process, workflow, metric)
    expression = read(formula, loop.symbols)
    ends = _two(bounds)
    values = {name: _listed(each) for name, each in (at or {}).items()}
    trial = try_formula(
        expression,
        loop,
        relation_text=relation,
        coarser=coarser,
        suite=SUITE,
        at=values,
        variance=None if variance is None else read(variance, loop.symbols),
        ends=None if ends is None else (read(ends[0], loop.symbols), read(ends[1], loop.symbols)),
    )
    words = ["tailfade", "check", formula, "--process", spelled(process), "--workflow", loop.workflow]
    words += ["--metric", loop.metric] + (["--relation", relation] if relation != "equal" else [])
    words += [part for name, each in values.items() for part in ("--at", f"{name}={','.join(map(str, each))}")]
    words += [part for flag, text in (("--variance", variance),) if text is not None for part in (flag, text)]
    words += (["--bounds", ",".join(ends)] if ends else []) + ["--budget", budget]
    return _checked(trial, formula, loop, relation, shlex.join(words))


def _checked(trial: Trial, formula: str, loop: Any, relation: str, command: str) -> Checked:
    found = trial.conclusion
    shown = trial.exact or (f"no closed form, values of {trial.source}" if trial.source else "")
    return Checked(
        formula=formula,
        loop=loop.words(),
        relation=relation,
        verdict=found.finding.value,
        sentence=_sentence(trial, relation),
        rows=[_row(outcome, loop) for outcome in trial.outcomes],
        exit_code=_CODES.get(found.finding.value, 4),
        command=command,
        licence=trial.licence,
        exact=shown,
        source=trial.source,
        also=trial.also,
        left_out=_reasons(trial),
        undistinguished=trial.undistinguished,
        killed=trial.killed,
        resolution=found.resolution,
        trial=trial,
    )


def _sentence(trial: Trial, relation: str) -> str:
    """Return the verdict in words, never a "holds" without its resolution."""
    found, also = trial.conclusion, "".join(f"; {each}" for each in trial.also)
    word, size = found.finding.value, _size(trial)
    if word == "EXACT":
        return f"holds{size}, and exactly: it is the exact mean ({trial.source})"
    if word == "HOLDS":
        theory = f"it agrees with the exact mean ({trial.source}) at every point tried" if trial.same else ""
        return f"holds{size}; {theory or 'theory has no exact mean to compare it with'}"
    if word == "BOUND HOLDS":
        loose = "" if trial.also or found.slack is None else f", slack at least {100 * found.slack.least:.3g} %"
        return f"holds {_AS[relation]}{size}{loose}{also}"
    if word == "HOLDS TO ORDER" and found.order is not None:
        plain = f"holds to order {found.order.power} in n"
        known = trial.also[0].removeprefix("it ") if trial.also else plain
        return f"{known if known.startswith(plain) else f'{plain}, and more: it {known}'}; the exact mean holds{size}"
    if word == "REFUTED":
        claimed = _AS.get(relation, f"as {relation}")
        exact = f"; the exact mean, {trial.exact or 'of ' + trial.source}" if trial.source else ""
        passed = f", {_held(trial)}" if trial.corrected and exact else ""
        return f"refuted {claimed}: {trial.first or found.reason}{also}{exact}{passed}"
    return f"undecided{size}: {found.reason}" if word == "UNDECIDED" else f"error: {found.reason}"


def _size(trial: Trial) -> str:
    """Return the resolution in words: relative, or as it is where the metric has no scale of its own."""
    if trial.absolute and trial.outcomes:
        return f" at resolution {max(outcome.resolution for outcome in trial.outcomes):.3g}"
    at = trial.conclusion.words().partition(" at resolution ")[2]
    return f" at resolution {at}" if at else ""


def _held(trial: Trial) -> str:
    words = trial.corrected.words() if trial.corrected else ""
    return words.replace("HOLDS at", "holds at").replace("UNDECIDED at", "is undecided at")


def _row(outcome: Outcome, loop: Any) -> dict[str, Any]:
    point = {name: value for name, value in (outcome.point or {}).items() if name in loop.free}
    names = ("value", "estimate", "low", "high", "paths", "relative_resolution", "message", "digest")
    row = {name: getattr(outcome, name) for name in names}
    return {"point": point, "status": outcome.status.value, **row}


def _reasons(trial: Trial) -> tuple[str, ...]:
    grouped: dict[str, list[str]] = {}
    for why, point in trial.left_out:
        grouped.setdefault(why, []).append(", ".join(f"{name} = {value}" for name, value in point.items()))
    return tuple(f"{len(points)} points ({points[0]}, …): {why}" for why, points in grouped.items())


def _two(bounds: str | Sequence[Any] | None) -> tuple[str, str] | None:
    if bounds is None:
        return None
    parts = bounds.split(",") if isinstance(bounds, str) else list(map(str, bounds))
    if len(parts) != 2:
        raise BadInput("bounds", bounds, "a lowest and a largest value, LOW,HIGH")
    return parts[0].strip(), parts[1].strip()


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple, range)) else (value,)
