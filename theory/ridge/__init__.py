"""Ridge regression in the large: implicit ridge, clean and collapsed risk, adaptive ridge, power-law features."""

from theory.ridge.adaptive import (
    effective_sample,
    optimal_exponent,
    optimal_ridge,
    optimal_ridge_exponent,
    power_law_optimal_risk,
)
from theory.ridge.equivalents import Equivalents, equivalents
from theory.ridge.fixed_point import df, kappa, kappa_many
from theory.ridge.overparametrised import overparametrised_risk
from theory.ridge.power_law import power_law_bias, power_law_df, power_law_df_leading, power_law_risk
from theory.ridge.printed import (
    collapse_crossover,
    rho_low_dimensional,
    rho_low_dimensional_corrected,
    rho_printed,
)
from theory.ridge.risk import clean_bias, clean_risk, clean_variance, collapsed_risk, rho

__all__ = [
    "Equivalents",
    "clean_bias",
    "clean_risk",
    "clean_variance",
    "collapse_crossover",
    "collapsed_risk",
    "df",
    "effective_sample",
    "equivalents",
    "kappa",
    "kappa_many",
    "optimal_exponent",
    "optimal_ridge",
    "optimal_ridge_exponent",
    "overparametrised_risk",
    "power_law_bias",
    "power_law_df",
    "power_law_df_leading",
    "power_law_optimal_risk",
    "power_law_risk",
    "rho",
    "rho_low_dimensional",
    "rho_low_dimensional_corrected",
    "rho_printed",
]
