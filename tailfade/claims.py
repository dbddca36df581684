"""What ``tailfade list`` and ``show`` tell: claims as data. Nothing is run, and little is imported."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from groundwork.errors import BadInput

if TYPE_CHECKING:
    from paper_checks._claim import Check, Claim

__all__ = ["described", "listed", "package_of"]


def listed(package: str = "paper_checks") -> list[dict[str, Any]]:
    """Return one row a claim: id, title, relation, what is expected, tags. Runs nothing and imports little.

    >>> "gerstgrasser2024.replace" in [row["id"] for row in listed()]
    True
    """
    from paper_checks._discovery import claims

    return [
        {
            "id": claim.id,
            "title": claim.title,
            "relation": _relation(claim),
            "expected": str(claim.expected),
            "tags": list(claim.tags),
        }
        for claim in claims(package_of(package)).values()
    ]


def described(name: str, package: str = "paper_checks") -> dict[str, Any]:
    """Return everything a claim says of itself, JSON-ready: statement, source, assumptions, checks, proofs.

    >>> described("gerstgrasser2024.replace")["expected"]
    'EXACT'
    """
    from paper_checks._discovery import find
    from paper_checks._domain import described as domain_in_words

    claim = find(name, package_of(package))
    return {
        "id": claim.id,
        "title": claim.title,
        "says": claim.says,
        "source": claim.source.sentence(),
        "relation": _relation(claim),
        "domain": {name: domain_in_words(name, ends) for name, ends in claim.domain.items()},
        "assumptions": [each.says for each in claim.assumptions],
        "checks": [_described(check) for check in claim.checks],
        "proofs": [step.statement for step in (*claim.proofs, *claim.enumerations)],
        "uses": list(claim.uses),
        "tags": list(claim.tags),
        "expected": str(claim.expected),
        "bibtex": claim.bibtex,
    }


def package_of(name: str) -> ModuleType:
    """Return the package of claims with a name; the working folder is looked in first."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise BadInput("package", name, "the name of a package: words joined by dots", "start in the folder it lies in")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        found = importlib.import_module(name)
    except ModuleNotFoundError:
        raise BadInput("package", name, "a package that can be imported", "start in the folder it lies in") from None
    if not hasattr(found, "__path__"):
        raise BadInput("package", name, "a package: a folder of claim files, not a module")
    return found


def _described(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "estimand": check.estimand,
        "licence": f"{check.licence.kind}: {check.licence.because}",
        "formula": check.of,
        "precision": check.delta if check.delta is not None else check.gap,
        "points": [dict(point) for point in check.points],
        "blind": dict(check.blind),
    }


def _relation(claim: Claim) -> str:
    from paper_checks._relations import relation

    asked = relation(claim.relation)
    return f"order({asked.variable}, {asked.power})" if asked.variable else asked.kind
