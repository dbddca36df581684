"""Finding claims: every module <author><year>.py of this folder that exports ``CLAIMS``, no list to edit."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from types import ModuleType

from groundwork.errors import BadInput, suggestion
from paper_checks._claim import Claim
from paper_checks._fault import fault_words

__all__ = ["claims", "find", "papers", "select"]

#: A paper may fill several files, <author><year>_<part>.py; what no document prints is in beyond.py, in parts too.
_PAPER = re.compile(r"([a-z][a-z]*\d{4}[a-z]?|beyond)(_[a-z0-9_]+)?")


def papers(package: ModuleType | None = None) -> tuple[str, ...]:
    """Return the names of the paper modules, sorted; names with a leading underscore are the engine's.

    >>> all(name[-1] != "_" for name in papers())
    True
    """
    found = sorted(each.name for each in pkgutil.iter_modules(_package(package).__path__))
    names = [name for name in found if not name.startswith("_")]
    for name in names:
        if not _PAPER.fullmatch(name):
            raise BadInput("module", name, "<author><year> or <author><year>_<part>", "or a leading underscore")
    return tuple(names)


def claims(package: ModuleType | None = None) -> dict[str, Claim]:
    """Return all claims by id, in the order of the papers; two claims with one id are refused.

    >>> isinstance(claims(), dict)
    True
    """
    root = _package(package)
    found: dict[str, Claim] = {}
    for paper in papers(root):
        module = _imported(f"{root.__name__}.{paper}")
        for claim in _exported(module, paper):
            if claim.id in found:
                raise BadInput("claim id", claim.id, "an id that no other claim has")
            found[claim.id] = claim
    return found


def find(name: str, package: ModuleType | None = None) -> Claim:
    """Return the claim with an id; an unknown one is answered with the nearest.

    >>> find("nobody1900.nothing")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: claim = 'nobody1900.nothing': allowed is the id of a claim; ...
    """
    known = claims(package)
    if name not in known:
        raise BadInput("claim", name, "the id of a claim", suggestion(name, known))
    return known[name]


def select(words: Iterable[str], package: ModuleType | None = None) -> tuple[Claim, ...]:
    """Return the claims that any of the words names, by id, by paper or by tag; no word means all.

    >>> select([]) == tuple(claims().values())
    True
    """
    known = claims(package)
    wanted = list(words)
    names = {word for claim in known.values() for word in _names(claim)}
    for word in wanted:
        if word not in names:
            raise BadInput("claim", word, "an id, a paper or a tag", suggestion(word, names))
    return tuple(c for c in known.values() if not wanted or set(wanted) & set(_names(c)))


def _names(claim: Claim) -> tuple[str, ...]:
    return claim.id, claim.id.partition(".")[0], *claim.tags


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except BadInput:
        raise
    except Exception as fault:
        raise BadInput("module", name, "a file that can be imported", fault_words(fault)) from fault


def _exported(module: ModuleType, paper: str) -> tuple[Claim, ...]:
    exported = getattr(module, "CLAIMS", None)
    if not isinstance(exported, (tuple, list)) or not exported:
        raise BadInput(f"{paper}.CLAIMS", exported, "a tuple of at least one Claim")
    for claim in exported:
        if not isinstance(claim, Claim):
            raise BadInput(f"{paper}.CLAIMS", claim, "a tuple of Claim objects")
        name = paper.partition("_")[0]
        if not claim.id.startswith(f"{name}."):
            raise BadInput("claim id", claim.id, f"an id that starts with {name}.")
    return tuple(exported)


def _package(package: ModuleType | None) -> ModuleType:
    return importlib.import_module("paper_checks") if package is None else package
