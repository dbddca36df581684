"""Fast exact samplers, each written for one path: pure functions of a key, to be mapped over lanes."""

from __future__ import annotations

from sims.samplers.bits import normal, normals, uniform_index
from sims.samplers.chi_square import (
    ChiSquareTable,
    chi_square,
    chi_square_of,
    chi_square_table,
    log_chi_square_over_dof,
    log_ratio_of,
    row,
)
from sims.samplers.multinomial import categories, multinomial
from sims.samplers.parents import parent_gather
from sims.samplers.regression import fixed_statistic, fresh_statistic, multivariate_t_step, shared_times
from sims.samplers.two_atoms import TwoAtomTable, two_atom_step, two_atom_table
from sims.samplers.wishart import bartlett, bartlett_dofs

__all__ = [
    "ChiSquareTable",
    "TwoAtomTable",
    "bartlett",
    "bartlett_dofs",
    "categories",
    "chi_square",
    "chi_square_of",
    "chi_square_table",
    "fixed_statistic",
    "fresh_statistic",
    "log_chi_square_over_dof",
    "log_ratio_of",
    "multinomial",
    "multivariate_t_step",
    "normal",
    "normals",
    "parent_gather",
    "row",
    "shared_times",
    "two_atom_step",
    "two_atom_table",
    "uniform_index",
]
