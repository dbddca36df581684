"""Linear regression on its own labels: ridgeless, over-parametrised, ridge at every fit, edited labels."""

from theory.linear.editing import edited_fixed_set_limit, edited_risk_location, edited_slope
from theory.linear.overparametrised import overparametrised_risk, overparametrised_risk_limit
from theory.linear.ridge_loop import ridge_every_generation_risk
from theory.linear.risk import noisy_test_ratio, noisy_test_ratio_limit, ratio_limit, risk

__all__ = [
    "edited_fixed_set_limit",
    "edited_risk_location",
    "edited_slope",
    "noisy_test_ratio",
    "noisy_test_ratio_limit",
    "overparametrised_risk",
    "overparametrised_risk_limit",
    "ratio_limit",
    "ridge_every_generation_risk",
    "risk",
]
