"""The result of a step that needs no sample: a proof, an enumeration, a certified enclosure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Evidence", "timed"]

#: What a step can answer. ``unsure`` is no refusal and no proof: the tools at hand decided nothing.
ANSWERS = ("shown", "refuted", "unsure")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a step gave: the statement, the answer, how strong it is, by which tool and in what time.

    ``grade`` is proved, enumerated, certified (an enclosure), or numeric (many digits, no proof: it
    supports a finding but cannot make it EXACT). ``detail`` is what was computed, or the counterexample;
    ``of`` says which formula the step is about, the printed one or the exact one that corrects it, and ``closes``
    that it is a proof about the very value that the checks of that formula claim.
    """

    statement: str
    kind: str
    answer: str
    grade: str
    tool: str
    detail: str = ""
    of: str = "printed"
    seconds: float = 0.0
    closes: bool = False

    @property
    def sound(self) -> bool:
        """Whether the statement was shown."""
        return self.answer == "shown"

    @property
    def rigorous(self) -> bool:
        """Whether the statement was shown without any appeal to rounding or to many examples."""
        return self.sound and self.grade != "numeric"

    def as_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON-ready data."""
        return {**vars(self), "sound": self.sound, "rigorous": self.rigorous}


def timed(step: Callable[[], Evidence]) -> Evidence:
    """Return what a step gives, with the time it took.

    >>> timed(lambda: Evidence(statement="1 = 1", kind="identity", answer="shown", grade="proved",
    ...                        tool="integers")).sound
    True
    """
    from dataclasses import replace
    from time import perf_counter

    began = perf_counter()
    evidence = step()
    return replace(evidence, seconds=perf_counter() - began)
