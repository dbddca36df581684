"""Power-law atoms and what a finite sample never saw: cut tails, second-hand samples, resampling again and again."""

from theory.tails.infinite import (
    cutoff_constant,
    cutoff_crossover,
    cutoff_plateau_infinite,
    unseen_constant,
    unseen_mass_infinite,
)
from theory.tails.repeated import (
    repeated_constant,
    repeated_exponent,
    repeated_mass,
    repeated_mass_branching,
    repeated_mass_limit,
)
from theory.tails.second_hand import two_stage_mass
from theory.tails.unseen import cutoff_plateau, unseen_mass

__all__ = [
    "cutoff_constant",
    "cutoff_crossover",
    "cutoff_plateau",
    "cutoff_plateau_infinite",
    "repeated_constant",
    "repeated_exponent",
    "repeated_mass",
    "repeated_mass_branching",
    "repeated_mass_limit",
    "two_stage_mass",
    "unseen_constant",
    "unseen_mass",
    "unseen_mass_infinite",
]
