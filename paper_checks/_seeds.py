"""Seeds that are derived, never chosen, and the share of the family-wise error that each check is given.

A seed is the start of a SHA-256 of what names the check, so it is the same on every machine, and nobody
can look for one that passes. The error probability of a full run, 1e-6, is divided over all checks by
weights that are fixed before the run (Bonferroni: valid whatever the dependence between checks).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from groundwork.checks import number
from groundwork.errors import BadInput

__all__ = ["FAMILY_ALPHA", "alpha_shares", "digest", "distinct", "seed_of", "seed_words"]

#: Probability that a full run contains one false refutation or one false certification.
FAMILY_ALPHA = 1e-6

_PURPOSES = ("verdict", "mutant")


def digest(facts: Any) -> str:
    """Return the SHA-256 of JSON-ready data in its canonical form, as 64 hex digits.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(suite: str, claim: str, check: str, *, purpose: str = "verdict", commit: str = "") -> int:
    """Return the 63-bit seed of a check; runs of mutants have seeds of their own.

    Without a commit the seed is fixed for a version of the suite; a nightly run adds the commit hash for
    fresh randomness at the same alpha. The parts are hashed as a JSON list, so no two lists of parts read
    alike.

    >>> seed_of("1", "gerstgrasser2024.thm2", "mean")
    7031054152341214194
    """
    for name, part in (("suite", suite), ("claim", claim), ("check", check)):
        if not isinstance(part, str) or not part:
            raise BadInput(name, part, "a string that is not empty")
    if purpose not in _PURPOSES:
        raise BadInput("purpose", purpose, f"one of {', '.join(_PURPOSES)}")
    return int(digest([suite, claim, check, purpose, commit])[:16], 16) >> 1


def seed_words(seed: int) -> tuple[int, int]:
    """Return a seed as two 32-bit words, high word first, for generators that fold in 32 bits at a time.

    >>> seed_words(2**32 + 5)
    (1, 5)
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise BadInput("seed", seed, "an integer >= 0 and below 2^63")
    return seed >> 32, seed & 0xFFFFFFFF


def distinct(seeds: Mapping[Any, int]) -> None:
    """Refuse two checks that share a seed, or a 32-bit word of it in the same place.

    A generator that folds in one word only would give the two the same randomness; among a thousand
    checks such a collision has probability 2e-4, so it is looked for, and cured by renaming a check.

    >>> distinct({"a": 1 << 32 | 7, "b": 2 << 32 | 7})
    Traceback (most recent call last):
    groundwork.errors.BadInput: seeds = ('a', 'b'): allowed is no word in common; rename one of the checks
    """
    seen: dict[tuple[int, int], Any] = {}
    for name, seed in seeds.items():
        for place, word in enumerate(seed_words(seed)):
            other = seen.setdefault((place, word), name)
            if other != name:
                raise BadInput("seeds", (other, name), "no word in common", "rename one of the checks")


def alpha_shares(weights: Mapping[Any, float], total: float = FAMILY_ALPHA) -> dict[Any, float]:
    """Return each check's error probability: total · weight / sum of weights.

    >>> alpha_shares({"a": 1, "b": 3}, total=1e-6)
    {'a': 2.5e-07, 'b': 7.5e-07}
    """
    total = number("total", total, low=0, high=1, open_low=True)
    if not weights:
        raise BadInput("weights", {}, "at least one check", "a run without checks decides nothing")
    clean = {name: number(f"weight of {name}", w, low=0, open_low=True) for name, w in weights.items()}
    whole = math.fsum(clean.values())
    return {name: total * (weight / whole) for name, weight in clean.items()}
