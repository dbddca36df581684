"""Strong model collapse: a mixture of real rows and rows of a shifted teacher, exactly and in the large."""

from theory.strong.mixture import ridge_risk, ridge_shift, shift
from theory.strong.ols import ols_risk, ols_shift
from theory.strong.plateau import crossover, plateau

__all__ = ["crossover", "ols_risk", "ols_shift", "plateau", "ridge_risk", "ridge_shift", "shift"]
