"""Say what was measured: a table for people, a JSON file for machines, an exit code for make."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.harness import Case, Outcome, Timing, ratio

__all__ = ["document", "exit_code", "lines", "write"]


def lines(case: Case, timing: Timing, outcomes: Sequence[Outcome]) -> list[str]:
    """Return the lines for people: each variant against the first one that is there, then each goal."""
    present = [variant.name for variant in case.variants if variant.run is not None]
    wide = max(len(variant.name) for variant in case.variants)
    text = [f"{case.name}   (unit: {case.unit}; × is against {present[0]})" if present else case.name]
    for variant in case.variants:
        if variant.run is None:
            text.append(f"  {variant.name:<{wide}}  not measured: {variant.needs} is not installed")
            continue
        low, middle, high = ratio(case, timing, variant.name, present[0])
        rate = variant.work / float(np.median(timing.rounds[variant.name]))
        text.append(
            f"  {variant.name:<{wide}}  × {middle:<8.3g} [{low:.3g}, {high:.3g}]   {rate:.2e} a CPU second"
            f"   first call {timing.warm_up[variant.name]:.2f} s"
        )
    return [*text, *[_goal_line(outcome) for outcome in outcomes]]


def document(pinned: bool, results: Sequence[tuple[Case, Timing, Sequence[Outcome]]]) -> dict[str, Any]:
    """Return everything that was measured as JSON can hold it, with the versions it was measured on."""
    from sims.manifest import git_state, versions

    return {
        "clock": "process_time",
        "pinned_to_one_core": pinned,
        "versions": versions(),
        "git": git_state(),
        "cases": [_case(*result) for result in results],
    }


def write(folder: pathlib.Path, name: str, content: dict[str, Any]) -> pathlib.Path:
    """Write the document under ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 1 if a goal was missed, else 0; a skipped goal is neither met nor missed."""
    return int(any(outcome.state == "missed" for outcome in outcomes))


def _goal_line(outcome: Outcome) -> str:
    goal = outcome.goal
    asked = f"{goal.fast} ≥ {goal.least:g} × {goal.reference}"
    if outcome.quartiles is None:
        return f"  goal {outcome.state}: {asked}"
    low = outcome.quartiles[0]
    return f"  goal {outcome.state}: {asked}   (lower quartile {low:.3g}, needed {goal.threshold:.3g})"


def _case(case: Case, timing: Timing, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "name": case.name,
        "unit": case.unit,
        "variants": [
            {
                "name": variant.name,
                "work": variant.work,
                "needs": variant.needs or None,
                "seconds": timing.rounds[variant.name].tolist() if variant.run is not None else None,
                "first_call_seconds": timing.warm_up.get(variant.name),
            }
            for variant in case.variants
        ],
        "goals": [
            {
                "fast": outcome.goal.fast,
                "reference": outcome.goal.reference,
                "least": outcome.goal.least,
                "threshold": outcome.goal.threshold,
                "quartiles": outcome.quartiles,
                "state": outcome.state,
            }
            for outcome in outcomes
        ],
    }
