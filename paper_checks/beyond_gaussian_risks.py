r"""What no document prints about a refitted Gaussian (unbiased, replace): likelihood risks, and several dimensions.

Under the squared Wasserstein distance the error of the mean grows and the covariance part stays bounded. Under the
likelihood it is the shrinking spread that counts: the divergence of the model from the truth grows exactly linearly,
that of the truth from the model (the excess risk of the model) exponentially, since :math:`E s_1^{-1} = r = (n-1)/(n-3)
> 1`. In d dimensions the trace is a martingale, the determinant falls in mean and faster in its logarithm, and the axes
shrink at different rates, so that the covariance becomes one of rank one on its way to 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Claim, Source
from paper_checks._moments_log import divergence_moment, from_cumulants, log_chi_square_cumulants
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Limit
from paper_checks._watched import Watched

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
POINTS: tuple[Point, ...] = ({"n": 20, "g": 2}, {"n": 20, "g": 4})
PLANE: tuple[Point, ...] = ({"n": 10, "g": 3},)
NARROW: tuple[Point, ...] = ({"n": 6, "g": 3},)
DOMAIN = {"n": (2, None), "g": (1, None)}
HERE = Source(document="tailfade", where="derived here")
PLANE_PROCESS = "gaussian(d=2, cov=[[2.0, 0.5], [0.5, 1.0]])"
MOMENTS = "moments of chi-squares and their logarithms, by an exact recursion"


def symbols() -> tuple[Any, ...]:
    """Return n, g, and k = n - 1 for the densities."""
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return n, g, sympy.Symbol("k", positive=True)


def _integral(power: int, *, log: bool = False) -> Any:
    """Return E S^power, or E S^power ln S, for S chi-square over its k degrees of freedom, by integration."""
    import sympy

    k = symbols()[2]
    x, h = sympy.Symbol("x", positive=True), sympy.Symbol("h", positive=True)
    density = x ** (k / 2 - 1) * sympy.exp(-x / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))
    if not log:
        return sympy.integrate((x / k) ** power * density, (x, 0, sympy.oo), conds="none")
    moment = sympy.integrate((x / k) ** h * density, (x, 0, sympy.oo), conds="none")
    return sympy.diff(moment, h).subs(h, power)


def log_step() -> Any:
    """Return L = E ln(sigma_1/sigma)."""
    import sympy

    n = symbols()[0]
    return (sympy.digamma((n - 1) / 2) - sympy.log((n - 1) / 2)) / 2


def fit_true() -> Any:
    """Return E KL(model, truth), exactly linear in g."""
    n, g, _ = symbols()
    return g * (1 / (2 * n) - log_step())


def true_fit() -> Any:
    """Return E KL(truth, model), exponential in g."""
    n, g, _ = symbols()
    r = (n - 1) / (n - 3)
    return g * log_step() + (r**g + r / n * (r**g - 1) / (r - 1) - 1) / 2


def _log_identity() -> tuple[Any, ...]:
    import sympy

    k = symbols()[2]
    return _integral(0, log=True), sympy.digamma(k / 2) - sympy.log(k / 2)


def _inverse_identity() -> tuple[Any, ...]:
    import sympy

    k, more = symbols()[2], sympy.Symbol("m", positive=True)
    # k = 2 + m: with two degrees of freedom or fewer there is no inverse moment.
    return sympy.gammasimp(_integral(-1).subs(k, 2 + more)), (k / (k - 2)).subs(k, 2 + more)


def _one_identity() -> tuple[Any, ...]:
    import sympy

    return sympy.gammasimp(_integral(1)), sympy.Integer(1)


def _linear() -> tuple[Any, ...]:
    """Return E KL(model, truth) = (E s + E M^2 - 1 - E ln s)/2 by steps: E s stays, E M^2 + 1/n, E ln s + 2 L."""
    n, g, _ = symbols()
    step = 1 / (2 * n) - log_step()
    return fit_true(), g, lambda v, g: v + step, step


def _ratio() -> tuple[Any, ...]:
    """Return E M^2/s after g fits: (M^2 + s z^2/n)/(s S) has the mean r (E M^2/s + 1/n), r = E 1/S."""
    import sympy

    n, g, _ = symbols()
    x = sympy.Symbol("x", positive=True)
    r = 1 + x
    return r / n * (r**g - 1) / (r - 1), g, lambda v, g: r * (v + 1 / n), r / n


def _sum() -> tuple[Any, ...]:
    """Return E KL(truth, model) from E ln s = 2 g L, E 1/s = r^g and E M^2/s."""
    n, g, _ = symbols()
    r = (n - 1) / (n - 3)
    return (2 * g * log_step() + r**g + r / n * (r**g - 1) / (r - 1) - 1) / 2, true_fit()


def _rate() -> tuple[Any, ...]:
    """Return E KL(truth, model)/r^g with r = 1 + x and E ln(sigma_1/sigma) = -l, its variable g, and its limit."""
    import sympy

    n, g, _ = symbols()
    x, shrink = sympy.symbols("x l", positive=True)
    power = sympy.exp(-g * sympy.log(1 + x))
    closed = -g * shrink * power + (1 + (1 + x) / n * (1 - power) / x - power) / 2
    return closed, g, (1 + (1 + x) / (n * x)) / 2


def _repository(name: str, own: Any) -> tuple[Any, ...]:
    """Return the formula that this repository evaluates, and the one of this file."""
    from theory.quantity import find

    form = find(f"gaussian.{name}").form({})
    named = {symbol.name: symbol for symbol in symbols()}
    return form.xreplace({symbol: named.get(symbol.name, symbol) for symbol in form.free_symbols}), own


def _swapped(direction: str) -> Mutant:
    return Mutant(name="the other direction", value=lambda p: divergence_moment(p, direction, 1))


def _divergence(direction: str, other: str) -> Watched:
    return Watched(
        process="gaussian",
        workflow="replace",
        metric=f"kl_{direction}",
        raw=lambda p, power: divergence_moment(p, direction, power),
        points=POINTS,
        because=MOMENTS,
        planted=("generation off by one",),
        slips=(_swapped(other), Mutant(name="g/n, half the parameters a fit", value=lambda p: p["g"] / p["n"])),
    )


def det_mean() -> Any:
    """Return E det Sigma_g/det Sigma in the plane.

    >>> det_mean()
    ((n - 2)/(n - 1))**g
    """
    n, g, _ = symbols()
    return ((n - 2) / (n - 1)) ** g


def _det_raw(point: Point, power: int) -> float:
    """Return E (det Sigma_g/det Sigma)^power in the plane: a product of chi-squares with n - 1 and n - 2."""
    n, g = point["n"], point["g"]
    one = prod((dof + 2 * j) / (n - 1) for dof in (n - 1, n - 2) for j in range(power))
    return one**g


def _log_det_raw(point: Point, power: int) -> float:
    """Return E (ln det Sigma_g/det Sigma)^power in the plane."""
    pairs = zip(*(log_chi_square_cumulants(point["n"] - i, point["n"] - 1) for i in (1, 2)), strict=True)
    return from_cumulants(tuple(point["g"] * sum(pair) for pair in pairs), power)


def gap(world: Any, theta: Any) -> Any:
    """Return ln of the ratio of the first to the second scale, over that of the real law."""
    logs = theta.log_scale - world.truth.log_scale
    return logs[0] - logs[1]


def _gap_raw(point: Point, power: int) -> float:
    """Return E gap^power: half a difference of logarithms of chi-squares with n - 1 and n - 2, added up."""
    first, second = (log_chi_square_cumulants(point["n"] - i, 1) for i in (1, 2))
    pairs = enumerate(zip(first, second, strict=True), start=1)
    return from_cumulants(tuple(point["g"] * (a + (-1) ** j * b) / 2**j for j, (a, b) in pairs), power)


def _minor() -> tuple[Any, ...]:
    """Return E (W11 W22 - W12^2) of a Wishart matrix with k degrees of freedom over k^2, and 1 - 1/k.

    W11 and W22 are independent with mean k; W12 is a sum of k products of independent normals, so E W12^2 = k.
    """
    k = symbols()[2]
    return (k * k - k) / k**2, 1 - 1 / k


def _by_factors() -> tuple[Any, ...]:
    n, g, _ = symbols()
    return det_mean(), g, lambda v, g: v * (n - 2) / (n - 1), (n - 2) / (n - 1)


def _apart() -> tuple[Any, ...]:
    """Return L_i - L_{i+2} from two digammas, and 1/(n - i - 2), with n = i + 2 + m."""
    import sympy

    i, m = sympy.symbols("i m", integer=True, positive=True)
    n = i + 2 + m
    left = sympy.digamma((n - i) / 2) - sympy.digamma((n - i - 2) / 2)
    return sympy.expand_func(sympy.expand(left)) / 2, 1 / (n - i - 2)


def _rates() -> tuple[Any, ...]:
    """Return sum over the axes of 2 L_i in the plane by the forms of this repository, and E ln det of one fit."""
    from theory.quantity import find

    form = find("gaussian.lyapunov_exponent").form({})
    named = {symbol.name: symbol for symbol in form.free_symbols}
    total = sum(2 * form.xreplace({named["axis"]: _integer(i)}) for i in (1, 2))
    logdet = find("gaussian.logdet_mean").form({}).doit()
    own = {symbol.name: symbol for symbol in logdet.free_symbols}
    return total, logdet.subs({own["d"]: 2, own["g"]: 1}).doit()


def _integer(value: int) -> Any:
    import sympy

    return sympy.Integer(value)


DET = Watched(
    process=PLANE_PROCESS,
    workflow="replace",
    metric="log_det",
    then=lambda x, p: np.exp(x),
    raw=_det_raw,
    points=PLANE,
    because="a product of independent chi-squares (Bartlett)",
    slips=(
        Mutant(name="1, as the trace", value=lambda p: 1.0),
        Mutant(name="(1 - 1/n)^g", value=lambda p: (1 - 1 / p["n"]) ** p["g"]),
    ),
)
LOG_DET = Watched(
    process=PLANE_PROCESS,
    workflow="replace",
    metric="log_det",
    raw=_log_det_raw,
    points=PLANE,
    because=MOMENTS,
    planted=("generation off by one",),
)
GAP = Watched(
    process=PLANE_PROCESS,
    workflow="replace",
    metric=gap,
    raw=_gap_raw,
    points=NARROW,
    because=MOMENTS,
    planted=("generation off by one",),
    slips=(Mutant(name="axes that shrink alike", value=lambda p: 0.0),),
)


def _plane(name: str, own: Any) -> tuple[Any, ...]:
    """Return a formula of this repository at d = 2, and the one of this file."""
    form, mine = _repository(name, own)
    d = next(symbol for symbol in form.free_symbols if symbol.name == "d")
    return form.subs(d, 2).doit(), mine


def _spectrum() -> Any:
    """Return g (L_1 - L_2)."""
    import sympy

    n, g, _ = symbols()
    return g * (sympy.digamma((n - 1) / 2) - sympy.digamma((n - 2) / 2)) / 2


CLAIMS = (
    Claim(
        id="beyond.kl-fit-true",
        title="The divergence of the model from the truth grows exactly linearly",
        source=HERE,
        says=r"E\,\mathrm{KL}(N_g \,\|\, N) = g \Bigl(\frac{1}{2n} - L\Bigr),\quad L = E\ln(\sigma_1/\sigma) "
        r"= \tfrac12\bigl[\psi(\tfrac{n-1}{2}) - \ln\tfrac{n-1}{2}\bigr]",
        relation="equal",
        formula=fit_true,
        domain=DOMAIN,
        assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
        checks=(
            _divergence("fit_true", "true_fit").mean("risk", "E KL(model, truth) at generation g"),
            _divergence("fit_true", "true_fit").spread("risk-spread", "the variance of KL(model, truth)"),
        ),
        proofs=(
            Identity(statement="E S = 1 for S = chi2_k/k", sides=_one_identity),
            Identity(statement="E ln S = psi(k/2) - ln(k/2)", sides=_log_identity),
            Induction(statement="E KL(model, truth) by its steps", parts=_linear, least={"n": 2}),
            Identity(statement="gaussian.kl_fit_true", sides=lambda: _repository("kl_fit_true", fit_true())),
        ),
        tags=("gaussian", "replace", "likelihood"),
        expected="EXACT",
    ),
    Claim(
        id="beyond.kl-true-fit",
        title="The likelihood risk, the divergence of the truth from the model, grows exponentially",
        source=HERE,
        says=r"E\,\mathrm{KL}(N \,\|\, N_g) = gL + \tfrac12\Bigl[r^g + \frac{r}{n}\frac{r^g - 1}{r - 1} - 1\Bigr],"
        r"\quad r = \frac{n-1}{n-3}",
        relation="equal",
        formula=true_fit,
        domain={"n": (4, None), "g": (1, None)},
        assumptions=(Assumption("n >= 4", lambda point: point["n"] >= 4),),
        checks=(
            _divergence("true_fit", "fit_true").mean("risk", "E KL(truth, model) at generation g"),
            _divergence("true_fit", "fit_true").spread("risk-spread", "the variance of KL(truth, model)", delta=0.1),
        ),
        proofs=(
            Identity(statement="E 1/S = k/(k - 2) for S = chi2_k/k, k > 2", sides=_inverse_identity),
            Induction(statement="E M^2/s = (r/n)(r^g - 1)/(r - 1)", parts=_ratio),
            Identity(statement="the three parts add up", sides=_sum, least={"n": 4}),
            Limit(statement="E KL(truth, model)/r^g has a positive limit", parts=_rate),
            Identity(statement="gaussian.kl_true_fit", sides=lambda: _repository("kl_true_fit", true_fit())),
        ),
        uses=("beyond.kl-fit-true",),
        tags=("gaussian", "replace", "likelihood"),
        expected="EXACT",
    ),
    Claim(
        id="beyond.determinant",
        title="In the plane the determinant falls in mean although the trace is a martingale",
        source=HERE,
        says=r"E\det\Sigma_g = \det\Sigma \Bigl(1 - \frac{1}{n-1}\Bigr)^g,\quad E\ln\det\Sigma_g = \ln\det\Sigma + "
        r"g\sum_{i=1}^{2}\bigl[\psi(\tfrac{n-i}{2}) - \ln\tfrac{n-1}{2}\bigr] \quad (d = 2)",
        relation="equal",
        formula=det_mean,
        domain={"n": (4, None), "g": (1, None)},
        assumptions=(Assumption("n >= d + 2", lambda point: point["n"] >= 4),),
        checks=(
            DET.mean("det", "E det Sigma_g/det Sigma", watched_by="log-det"),
            LOG_DET.mean("log-det", "E ln(det Sigma_g/det Sigma)"),
            LOG_DET.spread("log-det-spread", "the variance of ln(det Sigma_g/det Sigma)"),
        ),
        proofs=(
            Identity(statement="E det W/k^2 = 1 - 1/k for a plane Wishart matrix", sides=_minor),
            Induction(statement="E det Sigma_g/det Sigma by its factors", parts=_by_factors, least={"n": 4}),
            Identity(statement="E ln S = psi(k/2) - ln(k/2)", sides=_log_identity),
            Identity(statement="gaussian.det_mean_ratio at d = 2", sides=lambda: _plane("det_mean_ratio", det_mean())),
        ),
        tags=("gaussian", "replace", "plane"),
        expected="EXACT",
    ),
    Claim(
        id="beyond.lyapunov",
        title="The axes of a covariance shrink at rates of their own: it becomes one of rank one on its way to 0",
        source=HERE,
        says=r"L_i = \tfrac12\bigl[\psi(\tfrac{n-i}{2}) - \ln\tfrac{n-1}{2}\bigr],\quad E\ln(\ell_1/\ell_2)_g "
        r"- \ln(\ell_1/\ell_2)_0 = g (L_1 - L_2) \text{ for the scales } \ell \text{ of the triangular factor}",
        relation="equal",
        formula=_spectrum,
        domain={"n": (4, None), "g": (1, None)},
        assumptions=(Assumption("n >= d + 2", lambda point: point["n"] >= 4),),
        checks=(
            GAP.mean("gap", "E of the log ratio of the two scales of the Cholesky factor", delta=0.03),
            GAP.spread("gap-spread", "the variance of the log ratio of the two scales"),
        ),
        proofs=(
            Identity(statement="E ln S = psi(k/2) - ln(k/2)", sides=_log_identity),
            Identity(statement="L_i - L_{i+2} = 1/(n - i - 2) > 0", sides=_apart),
            Identity(statement="2 (L_1 + L_2) is the rate of ln det", sides=_rates),
        ),
        uses=("beyond.determinant",),
        tags=("gaussian", "replace", "plane"),
        expected="HOLDS",
    ),
)
