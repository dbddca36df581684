"""What every asymptotically linear estimator shares: the limiting Gaussian process of fits on their own data."""

from theory.universality.finite import finite_gap
from theory.universality.process import drift_defect, printed_defect, reference, sequential
from theory.universality.ratios import (
    process_covariance,
    relative_efficiency,
    relative_efficiency_limit,
    variance_ratio,
)
from theory.universality.scaling import Exponent, scaling_change, scaling_exponent

__all__ = [
    "Exponent",
    "drift_defect",
    "finite_gap",
    "printed_defect",
    "process_covariance",
    "reference",
    "relative_efficiency",
    "relative_efficiency_limit",
    "scaling_change",
    "scaling_exponent",
    "sequential",
    "variance_ratio",
]
