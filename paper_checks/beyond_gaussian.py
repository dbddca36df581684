r"""What no document prints about a refitted Gaussian in one dimension: what the MLE conserves, and two rates of decay.

The MLE keeps the mean square of its corpus: :math:`\mu_g^2 + \sigma_g^2` is the mean square of the rows it sees, and a
row drawn from the model has that mean square again. So under every workflow of weights and every schedule
:math:`E(\mu_g - \mu)^2 + E\sigma_g^2 = \sigma^2`. Under replacement (unbiased) the mean of sigma_g decays at half the
rate of its median, and on accumulated data its second moment tends to a ratio of gamma functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import comb
from typing import Any

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import Binary
from paper_checks._looks import Looks
from paper_checks._means import mean_checks
from paper_checks._moments_pooled import Corpus, pooled_moment
from paper_checks._mutants import Mutant
from paper_checks._order import Order
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._simulated import paths
from paper_checks._watched import Watched

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
REPLACED, KEPT = (12, 4, 8, 6), (6, 12, 24, 48)
WHOLE: tuple[Point, ...] = (
    {"n": 6, "g": 4, "sigma": 1.5, "loop": "schedule(replace, sizes=[12, 4, 8, 6])"},
    {"n": 6, "g": 4, "sigma": 1.0, "loop": "schedule(accumulate, factor=2)"},
)
OTHERS = ("workflow swapped", "estimator swapped")
POOLED: tuple[Point, ...] = ({"n": 3, "g": 4, "sigma": 1.5},)
LOGS: tuple[Point, ...] = ({"n": 10, "g": 10, "sigma": 1.0},)
DOMAIN = {"n": (2, None), "g": (1, None), "sigma": "sigma > 0"}
TWO = Assumption("n >= 2", lambda point: point["n"] >= 2)
HERE = Source(document="tailfade", where="derived here")


def mean_square(world: Any, theta: Any) -> Any:
    """Return (mu_g - mu)^2 + sigma_g^2, the mean square of the model about the real mean."""
    from sims.metrics.gaussian import mean_square_error, variance

    return mean_square_error(world, theta) + variance(world, theta)


def _whole(point: Point, power: int) -> Fraction:
    """Return E ((mu_g - mu)^2 + sigma_g^2)^power of the MLE."""
    keeps = "accumulate" in point["loop"]
    corpus = Corpus(rows=tuple((size, 0) for size in (KEPT if keeps else REPLACED)[: point["g"]]), keeps=keeps, c=0)
    terms = (comb(power, i) * pooled_moment(corpus, 2 * (power - i), i) for i in range(power + 1))
    return Fraction(point["sigma"]) ** (2 * power) * sum(terms, Fraction(0))


def symbols() -> tuple[Any, ...]:
    """Return n, g, sigma and a running index."""
    import sympy

    n, g, k = sympy.symbols("n g k", integer=True, positive=True)
    return n, g, sympy.Symbol("sigma", positive=True), k


def _pool() -> tuple[Any, ...]:
    """Return the pool's rows and a batch's, the model's mean and variance, the batch's mean and scatter."""
    import sympy

    return (*sympy.symbols("P b", positive=True), *sympy.symbols("m v y X"))


def _decomposed() -> tuple[Any, ...]:
    """Return m'^2 + v' after a pooled fit, and the mean square of all rows."""
    pool, batch, m, v, y, x = _pool()
    size = pool + batch
    mean = (pool * m + batch * y) / size
    scatter = pool * v + x + pool * batch / size * (y - m) ** 2
    return mean**2 + scatter / size, (pool * (m**2 + v) + batch * y**2 + x) / size


def _drawn() -> tuple[Any, ...]:
    """Return E (b y^2 + X) of b draws, y with variance v/b and X with mean (b - 1) v, and b (m^2 + v)."""
    _, batch, m, v, *_ = _pool()
    return batch * (m**2 + v / batch) + (batch - 1) * v, batch * (m**2 + v)


def _schedules() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against E mu_g^2 + E sigma_g^2 of the very fits, also where real rows join."""
    for keeps in (False, True):
        for rows in ((9, 3, 5), (2, 7, 2, 11), (4, 1, 1, 1) if keeps else (3, 2, 2)):
            corpus = Corpus(rows=tuple((size, 0) for size in rows), keeps=keeps, c=0)
            total = pooled_moment(corpus, 2, 0) + pooled_moment(corpus, 0, 1)
            yield f"{'accumulate' if keeps else 'replace'} {rows}", 1, total
    fresh = Corpus(rows=((0, 4), (6, 2), (3, 5)), c=0)
    yield "fresh real rows", 1, pooled_moment(fresh, 2, 0) + pooled_moment(fresh, 0, 1)


def accumulated() -> Any:
    """Return E sigma_g^2 of the unbiased fit on accumulated data.

    >>> accumulated()
    sigma**2*Product(1 - 1/(k*(k*n - 1)), (k, 2, g))
    """
    import sympy

    n, g, sigma, k = symbols()
    return sigma**2 * sympy.Product(1 - 1 / (k * (n * k - 1)), (k, 2, g))


def _accumulated_steps() -> tuple[Any, ...]:
    n, g, sigma, _ = symbols()
    return accumulated(), g, lambda v, g: v * (1 - 1 / (g * (n * g - 1))), sigma**2


def _factor() -> tuple[Any, ...]:
    """Return E F of the pooled fit, (N - n - 1 + (n - 1) + (N - n)/N)/(N - 1) with N = k n, and 1 - 1/(k (nk - 1))."""
    n, _, _, k = symbols()
    size = n * k
    return (size - n - 1 + (n - 1) + (size - n) / size) / (size - 1), 1 - 1 / (k * (size - 1))


def _roots() -> tuple[Any, ...]:
    """Return the factor and (k - r+)(k - r-)/(k (k - 1/n)), r = (1 +- sqrt(1 + 4 n))/(2 n)."""
    import sympy

    n, _, _, k = symbols()
    plus, minus = ((1 + sign * sympy.sqrt(1 + 4 * n)) / (2 * n) for sign in (1, -1))
    return 1 - 1 / (k * (n * k - 1)), (k - plus) * (k - minus) / (k * (k - 1 / n))


def _gammas() -> tuple[Any, ...]:
    """Return the product as a ratio of gamma functions in s = 1/n, the roots s/2 +- h."""
    import sympy

    g = symbols()[1]
    s, h = sympy.symbols("s h", positive=True)
    plus, minus = s / 2 + h, s / 2 - h
    closed = sympy.gamma(g + 1 - plus) * sympy.gamma(g + 1 - minus) * sympy.gamma(2 - s)
    closed /= sympy.gamma(2 - plus) * sympy.gamma(2 - minus) * sympy.gamma(g + 1) * sympy.gamma(g + 1 - s)
    return closed, g, lambda v, g: v * (g - plus) * (g - minus) / (g * (g - s)), sympy.Integer(1)


def _settles() -> tuple[Any, ...]:
    """Return the logarithm of what depends on g at n = 6 (s = 1/6, roots 1/2 and -1/3), its variable, and 0."""
    import sympy

    g = symbols()[1]
    above = [g + sympy.Rational(1, 2), g + sympy.Rational(4, 3)]
    below = [g + 1, g + sympy.Rational(5, 6)]
    return sum(map(sympy.loggamma, above)) - sum(map(sympy.loggamma, below)), g, sympy.Integer(0)


def _bounded() -> tuple[Any, ...]:
    """Return the k-th factor less 1 - 1/k^2, whose product from 2 on is at least 1/2; n >= 2."""
    import sympy

    n = symbols()[0]
    k = sympy.Symbol("k", integer=True, positive=True)
    return 1 / k**2 - 1 / (k * (n * k - 1)), {k: 2, n: 2}


def log_mean() -> Any:
    """Return E ln(sigma_g/sigma) of the unbiased fit under replacement."""
    import sympy

    n, g, *_ = symbols()
    return g * (sympy.digamma((n - 1) / 2) - sympy.log((n - 1) / 2)) / 2


def mean_log() -> Any:
    """Return ln(E sigma_g/sigma) of the unbiased fit under replacement."""
    import sympy

    n, g, *_ = symbols()
    return g * (sympy.log(2 / (n - 1)) / 2 + sympy.loggamma(n / 2) - sympy.loggamma((n - 1) / 2))


def above_mean(point: Point) -> float:
    """Return P(sigma_g > E sigma_g), by Mellin inversion.

    >>> round(above_mean({"n": 3, "g": 1, "sigma": 1.0}), 9)  # exp(-pi/4)
    0.455938128
    """
    from theory.quantity import find

    mean = find("gaussian.sd_mean").evaluate({"n": point["n"], "g": point["g"], "sigma": point["sigma"]})
    words = {"n": point["n"], "g": point["g"], "eps": mean, "sigma": point["sigma"]}
    return float(find("gaussian.sd_tail").evaluate(words))


def _above() -> Check:
    """Return the check of P(sigma_g > E sigma_g), which falls although the mean is the mean."""

    def event(x: Any, point: Point) -> Any:
        from math import log

        from theory.quantity import find

        words = {name: point[name] for name in ("n", "g", "sigma")}
        return (x > log(find("gaussian.sd_mean").evaluate(words))).astype(float)

    return Check(
        id="above-mean",
        estimand="P(sigma_g > E sigma_g) under replacement",
        licence=Binary(),
        value=above_mean,
        sampler=paths("gaussian(sigma={sigma})", "replace", "log_sd", n="n", generations=10, at="g", then=event),
        points=LOGS,
        mutants=(
            Mutant(name="one half, as for the median", value=lambda p: 0.5),
            Mutant(name="g + 5", value=lambda p: above_mean({**p, "g": p["g"] + 5})),
            Mutant(name="g - 5", value=lambda p: above_mean({**p, "g": p["g"] - 5})),
        ),
        delta=0.02,
        looks=Looks(first=4096, count=12),
        budget=2**20,
    )


TOTAL = Watched(
    process="gaussian(estimator=mle, sigma={sigma})",
    workflow="{loop}",
    metric=mean_square,
    raw=_whole,
    points=WHOLE,
    because="means and scatters are polynomials in independent normals and chi-squares",
    steps=(),
    planted=("estimator swapped",),
    slips=(
        Mutant(
            name="sigma^2 (1 + sum 1/n_k), the divisor n - 1",
            value=lambda p: p["sigma"] ** 2 * (1 + sum(1 / n for n in REPLACED)),
        ),
        Mutant(name="the variance alone", value=lambda p: p["sigma"] ** 2 * float(1 - Fraction(1, p["n"]))),
    ),
)

CLAIMS = (
    Claim(
        id="beyond.total-variance",
        title="The MLE conserves the total variance: what the model loses in spread its mean gains in error",
        source=HERE,
        says=r"E(\mu_g - \mu)^2 + E\sigma_g^2 = \sigma^2 \text{ for the MLE, every } g \text{ and every schedule}",
        relation="equal",
        formula=lambda: symbols()[2] ** 2,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            TOTAL.mean("total", "E (mu_g - mu)^2 + sigma_g^2 of the MLE, sizes that change"),
            TOTAL.spread("total-spread", "the variance of (mu_g - mu)^2 + sigma_g^2"),
        ),
        proofs=(
            Identity(statement="m'^2 + v' is the mean square of all rows of the pool", sides=_decomposed),
            Identity(statement="b rows drawn from N(m, v) have the mean square m^2 + v", sides=_drawn),
        ),
        enumerations=(Enumeration(statement="E mu_g^2 + E sigma_g^2 = 1 over schedules", cases=_schedules),),
        tags=("gaussian", "mle"),
        expected="HOLDS",
    ),
    Claim(
        id="beyond.accumulate-unbiased",
        title="On accumulated data the unbiased fit loses spread too, to a ratio of gamma functions",
        source=HERE,
        says=r"E\sigma_g^2 = \sigma^2 \prod_{k=2}^{g} \Bigl(1 - \frac{1}{k(nk-1)}\Bigr) \to \sigma^2 "
        r"\frac{\Gamma(2 - 1/n)}{\Gamma(2 - r_+)\Gamma(2 - r_-)},\quad r_\pm = \frac{1 \pm \sqrt{1 + 4n}}{2n}",
        relation="limit",
        formula=accumulated,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=mean_checks(
            "gaussian", "accumulate", "variance", points=POOLED, formula=accumulated, beside="spread", planted=OTHERS
        ),
        proofs=(
            Identity(statement="E F_k = 1 - 1/(k (nk - 1))", sides=_factor),
            Induction(statement="E sigma_g^2 as a product", parts=_accumulated_steps, least={"n": 2}),
            Inequality(statement="factor k >= 1 - 1/k^2, so the product is above 1/2", parts=_bounded),
            Identity(statement="the factor is (k - r+)(k - r-)/(k (k - 1/n))", sides=_roots),
            Induction(
                statement="its product is a ratio of gamma functions, r = 1/(2n) +- h",
                parts=_gammas,
                least={"s": (0, 1), "h": (0, 1)},
            ),
            Limit(statement="the logarithm of the part that depends on g tends to 0 (n = 6)", parts=_settles),
        ),
        tags=("gaussian", "accumulate"),
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="beyond.median-rate",
        title="The median of sigma_g decays at twice the rate of its mean",
        source=HERE,
        says=r"E \ln(\sigma_g/\sigma) = -\frac{g}{2n} + O(n^{-2}) \text{ while } "
        r"\ln E(\sigma_g/\sigma) = -\frac{g}{4n} + O(n^{-2}) \text{ (unbiased, replace)}",
        relation="order(n, 2)",
        formula=lambda: -symbols()[1] / symbols()[0] / 2,
        exact=log_mean,
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=(
            *mean_checks("gaussian", "replace", "log_sd", points=LOGS, of="exact", beside="law", delta=0.02),
            _above(),
        ),
        proofs=(
            Order(
                statement="E ln(sigma_g/sigma) = -g/(2n) - (2/3) g/n^2 + O(n^-3)",
                parts=lambda: (log_mean(), -symbols()[1] / symbols()[0] / 2, symbols()[0], -2 * symbols()[1] / 3),
                power=2,
                points=({"g": 1}, {"g": 7}),
            ),
            Order(
                statement="ln E(sigma_g/sigma) = -g/(4n) - g/(4 n^2) + O(n^-3)",
                parts=lambda: (mean_log(), -symbols()[1] / symbols()[0] / 4, symbols()[0], -symbols()[1] / 4),
                power=2,
                points=({"g": 1}, {"g": 7}),
            ),
        ),
        tags=("gaussian", "replace", "heavy-tail"),
        expected="HOLDS TO ORDER",
    ),
)
