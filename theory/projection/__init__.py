"""Ridgeless regression on random features: what model size does to the damage of synthetic labels."""

from theory.projection.interpolating import (
    interpolating_risk,
    interpolating_risk_limit,
    interpolating_shift,
    interpolating_shift_limit,
)
from theory.projection.size import best_size, size_effect
from theory.projection.small import risk, shift, shift_plateau

__all__ = [
    "best_size",
    "interpolating_risk",
    "interpolating_risk_limit",
    "interpolating_shift",
    "interpolating_shift_limit",
    "risk",
    "shift",
    "shift_plateau",
    "size_effect",
]
