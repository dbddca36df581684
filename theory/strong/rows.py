"""What every mixture of real and synthetic rows has to satisfy."""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.symbols import domain

__all__ = ["ROWS", "check_rows", "check_shift"]

ROWS = {
    "n": domain("n", meaning="rows of the fit, real and synthetic", kind="integer"),
    "n_syn": domain("n_syn", meaning="synthetic rows among them"),
}


def check_rows(n: int, n_syn: int) -> None:
    """Refuse more synthetic rows than rows."""
    if n_syn > n:
        raise BadInput("n_syn", n_syn, f"an integer from 0 to n = {n}", "n counts the synthetic rows too")


def check_shift(cov: Any, delta: Any) -> None:
    """Refuse a shift of another dimension."""
    if len(delta) != len(cov):
        raise BadInput("delta", delta, f"of the dimension of cov, {len(cov)}", f"it has {len(delta)}")
