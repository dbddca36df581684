"""What ``tailfade new-claim`` does: write a claim file that runs as it is, to be changed line by line."""

from __future__ import annotations

import importlib.util
import pathlib
import re

from groundwork.errors import BadInput

__all__ = ["ID", "new_claim"]

ID = re.compile(r"([a-z]+\d{4}[a-z]?)\.([a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*)")

#: What stands in the template for the paper and for the claim.
PAPER, CLAIM = "nobody1900", "nobody1900.label"


def new_claim(name: str, folder: pathlib.Path | None = None) -> pathlib.Path:
    """Return the file ``<author><year>.py`` written for a claim ``<author><year>.<label>``.

    It goes into the folder of this repository's claims, or into one of your own, which becomes a package if it
    is none. A file that is there is never touched.

    >>> new_claim("Nobody 1900")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: ID = 'Nobody 1900': allowed is <author><year>.<label> in lower case...
    """
    written = ID.fullmatch(name)
    if not written:
        raise BadInput("ID", name, "<author><year>.<label> in lower case", "such as gerstgrasser2024.replace")
    paper = written[1]
    home = _home()
    place = (folder or home) / f"{paper}.py"
    if place.exists():
        way_out = "add the claim to its CLAIMS, or choose another --folder"
        raise BadInput("ID", name, f"a paper without a file; {place} is there", way_out)
    text = (home / "_template.py").read_text(encoding="utf-8")
    place.parent.mkdir(parents=True, exist_ok=True)
    if folder is not None and not (folder / "__init__.py").exists():
        (folder / "__init__.py").write_text('"""Claims of our own."""\n', encoding="utf-8")
    with place.open("x", encoding="utf-8") as file:
        file.write(text.replace(CLAIM, name).replace(PAPER, paper))
    return place


def _home() -> pathlib.Path:
    """Return the folder of the claims, found without importing anything of it."""
    spec = importlib.util.find_spec("paper_checks")
    if spec is None or spec.origin is None:
        raise BadInput("paper_checks", None, "a package that can be imported", "make installs it")
    return pathlib.Path(spec.origin).parent
