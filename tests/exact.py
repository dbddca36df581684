"""Slow references for theory/: the processes as they are defined, in exact fractions, most literally.

Nothing here is fast and nothing here uses a closed form of the thing it is a reference for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product
from math import comb, factorial, prod
from typing import Any

import mpmath

Matrix = list[list[Fraction]]


def average(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def fit_moments(cov: Matrix, size: int, *, replacement: bool, whole: bool) -> tuple[Fraction, Fraction]:
    """Return E mean^2 and E sum (x - mean)^2/size of a sample of the points with second moments ``cov``."""
    points = len(cov)
    square = average([cov[i][i] for i in range(points)])
    if whole:
        mean = average([entry for row in cov for entry in row])
        return mean, square - mean
    if replacement:
        other = average([entry for row in cov for entry in row])
    else:
        pairs = [cov[i][j] for i in range(points) for j in range(points) if i != j]
        other = average(pairs) if pairs else square
    mean = square / size + (1 - Fraction(1, size)) * other
    return mean, square - mean


def corpus(
    sizes: Sequence[int], workflow: str, c: int, *, unit_noise: bool = False, m: int | None = None
) -> list[tuple[Fraction, Fraction]]:
    """Return (E mean^2, E sd^2) of every fit, following the covariance matrix of every point of the corpus.

    ``unit_noise``: a generation draws with variance 1 instead of the fitted variance.
    """
    cov: Matrix = [[Fraction(int(i == j)) for j in range(sizes[0])] for i in range(sizes[0])]
    found = []
    for g, size in enumerate(sizes, start=1):
        if g > 1:
            old = len(cov)
            noise = Fraction(1) if unit_noise else found[-1][1]
            visible = range(old - sizes[g - 2], old) if workflow == "replace" else range(old)
            # A uniform subsample has the same conditional mean as the pool it is drawn from.
            cross = [average([cov[i][j] for j in visible]) for i in range(old)]
            mean = found[-1][0]
            cov = [[*cov[i], *[cross[i]] * size] for i in range(old)]
            cov += [[*cross, *[mean + (noise if i == j else 0) for j in range(size)]] for i in range(size)]
        seen = [row[-size:] for row in cov[-size:]] if workflow == "replace" else cov
        subsampled = workflow.startswith("subsample")
        replacement = workflow == "subsample_replacement"
        whole = not subsampled or (g == 1 and not replacement)
        drawn = len(seen) if whole else (m or size)
        mean, scatter = fit_moments(seen, drawn, replacement=replacement, whole=whole)
        found.append((mean, scatter * Fraction(drawn, drawn - c) if drawn > c else Fraction(0)))
    return found


def mixed(n_real: int, n_syn: int, g: int, lam: Fraction, c: int, *, fresh: bool) -> tuple[Fraction, Fraction]:
    """Return (E mean^2, E sd^2) after g steps of a fit on real points and draws of the last model."""

    def real(i: int, j: int) -> Fraction:
        return Fraction(int(i == j))

    def fit() -> tuple[Fraction, Fraction]:
        points = len(cov)
        mean, scatter = fit_moments(cov, points, replacement=False, whole=True)
        return mean, scatter * Fraction(points, points - c) if points > c else Fraction(0)

    cov = [[real(i, j) for j in range(n_real)] for i in range(n_real)]
    for _ in range(g):
        mean, variance = fit()
        # E[real point * mean of the last fit]: zero for fresh real data, which that fit has not seen.
        cross = [Fraction(0) if fresh else average(cov[i]) for i in range(n_real)]
        cov = [[real(i, j) for j in range(n_real)] + [cross[i]] * n_syn for i in range(n_real)]
        cov += [[*cross, *[mean + (lam * variance if i == j else 0) for j in range(n_syn)]] for i in range(n_syn)]
    return fit()


def shock_variance(weights: Sequence[Sequence[Fraction]], g: int) -> Fraction:
    """Return the variance of fit g when block k is fit k-1 plus a unit shock and fit k weighs blocks 1..k."""
    fits: list[list[Fraction]] = []
    blocks: list[list[Fraction]] = []
    for k in range(1, g + 1):
        block = list(fits[-1]) if fits else [Fraction(0)] * g
        block[k - 1] += 1
        blocks.append(block)
        row = weights[k - 1]
        fits.append([sum((row[i] * blocks[i][s] for i in range(k)), Fraction(0)) for s in range(g)])
    return sum((entry**2 for entry in fits[-1]), Fraction(0))


def edited(n: int, k: int, g: int, positions: Sequence[int] | None = None) -> Fraction:
    """Return n E mean^2 after g edits of k labels: at the given positions, or averaged over all subsets."""
    subsets = [tuple(positions)] if positions is not None else list(combinations(range(n), k))
    cov = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    for _ in range(g):
        total = [[Fraction(0)] * n for _ in range(n)]
        for chosen in subsets:
            update = [[Fraction(1, n) if i in chosen else Fraction(int(i == j)) for j in range(n)] for i in range(n)]
            moved = multiply(multiply(update, cov), transpose(update))
            for i in range(n):
                for j in range(n):
                    total[i][j] += moved[i][j] + (1 if i == j and i in chosen else 0)
        cov = [[entry / len(subsets) for entry in row] for row in total]
    return n * average([entry for row in cov for entry in row])


def multiply(a: Sequence[Sequence[Fraction]], b: Sequence[Sequence[Fraction]]) -> Matrix:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Fraction(0)) for column in zip(*b, strict=True)]
        for row in a
    ]


def transpose(a: Sequence[Sequence[Fraction]]) -> Matrix:
    return [list(column) for column in zip(*a, strict=True)]


def solve(a: Sequence[Sequence[Fraction]], b: Sequence[Sequence[Fraction]]) -> Matrix:
    """Return a^{-1} b by Gauss-Jordan elimination."""
    size = len(a)
    rows = [[Fraction(x) for x in [*a[i], *b[i]]] for i in range(size)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [x / rows[column][column] for x in rows[column]]
        for i in range(size):
            if i != column and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column], strict=True)]
    return [row[size:] for row in rows]


def fixed_design_risks(x: Sequence[Sequence[int]], noises: Sequence[Fraction], workflow: str) -> list[Fraction]:
    """Return E ‖w_g - w*‖^2 (identity metric) for each g, least squares on the same rows, literally.

    The coefficients of w_g on every noise vector are followed; labels of generation k are X w_{k-1} + noise.
    """
    rows = [[Fraction(entry) for entry in row] for row in x]
    n, d, generations = len(rows), len(rows[0]), len(noises)
    gram_inverse_xt = solve(multiply(transpose(rows), rows), transpose(rows))
    zero = [[Fraction(0)] * n for _ in range(d)]
    last, label_sum, risks = [zero] * generations, [[[Fraction(0)] * n for _ in range(n)]] * generations, []
    for k in range(generations):
        labels = [multiply(rows, block) for block in last]
        labels[k] = [[labels[k][i][j] + (i == j) for j in range(n)] for i in range(n)]
        if workflow == "accumulate":
            label_sum = [add(a, b) for a, b in zip(label_sum, labels, strict=True)]
            used = [[[entry / (k + 1) for entry in row] for row in block] for block in label_sum]
        else:
            used = labels
        last = [multiply(gram_inverse_xt, block) for block in used]
        risks.append(
            sum(
                (noise**2 * sum((entry**2 for row in block for entry in row), Fraction(0)))
                for noise, block in zip(noises, last, strict=True)
            )
        )
    return risks


def add(a: Matrix, b: Matrix) -> Matrix:
    return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def compositions(total: int, atoms: int) -> Iterator[tuple[int, ...]]:
    if atoms == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, atoms - 1):
            yield (first, *rest)


def multinomial(counts: Sequence[int], p: Sequence[Fraction]) -> Fraction:
    ways = factorial(sum(counts)) // prod(factorial(count) for count in counts)
    return ways * prod((q**count for q, count in zip(p, counts, strict=True)), start=Fraction(1))


@cache
def step_law(p: tuple[Fraction, ...], n: int) -> dict[tuple[Fraction, ...], Fraction]:
    """Return the law of the empirical frequencies of n draws from p."""
    law = {}
    for counts in compositions(n, len(p)):
        weight = multinomial(counts, p)
        if weight:
            law[tuple(Fraction(count, n) for count in counts)] = weight
    return law


def chain_law(p: tuple[Fraction, ...], sizes: Sequence[int]) -> dict[tuple[Fraction, ...], Fraction]:
    """Return the law of the frequencies after len(sizes) fits, replacing the data every time."""
    law = {p: Fraction(1)}
    for n in sizes:
        later: dict[tuple[Fraction, ...], Fraction] = {}
        for state, weight in law.items():
            for new, chance in step_law(state, n).items():
                later[new] = later.get(new, Fraction(0)) + weight * chance
        law = later
    return law


def accumulated_law(p: tuple[Fraction, ...], sizes: Sequence[int]) -> dict[tuple[Fraction, ...], Fraction]:
    """Return the law of the frequencies in the pool when all draws are kept."""
    law = {tuple(Fraction(0) for _ in p): Fraction(1)}
    pool = 0
    for n in sizes:
        later: dict[tuple[Fraction, ...], Fraction] = {}
        for counts, weight in law.items():
            source = p if pool == 0 else tuple(count / pool for count in counts)
            for drawn, chance in step_law(source, n).items():
                new = tuple(a + n * b for a, b in zip(counts, drawn, strict=True))
                later[new] = later.get(new, Fraction(0)) + weight * chance
        law, pool = later, pool + n
    return {tuple(count / pool for count in counts): weight for counts, weight in law.items()}


def collapse_moments(p: tuple[Fraction, ...], n: int) -> tuple[Fraction, Fraction, Fraction]:
    """Return E T, E T^2 and E sum_t (K_t - 1) by solving on all states of the multinomial chain."""
    lattice = [tuple(Fraction(c, n) for c in counts) for counts in compositions(n, len(p))]
    states = [state for state in lattice if max(state) < 1]
    if max(p) < 1 and p not in states:
        states.append(p)
    if max(p) == 1:
        return Fraction(0), Fraction(0), Fraction(0)
    place = {state: i for i, state in enumerate(states)}
    system = [[Fraction(int(i == j)) for j in range(len(states))] for i in range(len(states))]
    for state, i in place.items():
        for new, chance in step_law(state, n).items():
            if new in place:
                system[i][place[new]] -= chance
    extra = [Fraction(sum(q > 0 for q in state) - 1) for state in states]
    first = solve(system, [[Fraction(1), k] for k in extra])
    second = solve(system, [[2 * row[0] - 1] for row in first])
    start = place[p]
    return first[start][0], second[start][0], first[start][1]


def common_ancestor_time(n: int) -> Fraction:
    """Return the mean coalescence time of n lineages among n parents, from surjection counts."""

    def surjections(k: int, j: int) -> int:
        return sum((-1) ** i * comb(j, i) * (j - i) ** k for i in range(j + 1))

    times = {1: Fraction(0)}
    for k in range(2, n + 1):
        chance = {j: Fraction(comb(n, j) * surjections(k, j), n**k) for j in range(1, k + 1)}
        times[k] = (1 + sum((chance[j] * times[j] for j in range(1, k)), Fraction(0))) / (1 - chance[k])
    return times[n]


def partial_variance(n_real: int, n_syn: int, count: int, g: int) -> Fraction:
    """Return the variance of the pooled frequency after g synthetic steps, from its law."""
    law = {Fraction(count, n_real): Fraction(1)}
    for _ in range(g):
        later: dict[Fraction, Fraction] = {}
        for x, weight in law.items():
            for drawn in range(n_syn + 1):
                new = Fraction(count + drawn, n_real + n_syn)
                chance = comb(n_syn, drawn) * x**drawn * (1 - x) ** (n_syn - drawn)
                later[new] = later.get(new, Fraction(0)) + weight * chance
        law = later
    mean = sum((x * weight for x, weight in law.items()), Fraction(0))
    return sum((weight * (x - mean) ** 2 for x, weight in law.items()), Fraction(0))


@cache
def mean_chi(v: int) -> Any:
    """Return E chi_v from E chi_1 = sqrt(2/pi) and E chi_v * E chi_{v+1} = v."""
    with mpmath.workdps(40):
        return mpmath.sqrt(2 / mpmath.pi) if v == 1 else (v - 1) / mean_chi(v - 1)


def chi_power(n: int, c: int, power: int) -> Any:
    """Return E (chi_{n-1}^2/(n-c))^(power/2), by E chi_v^(k+2) = v E chi_{v+2}^k."""
    with mpmath.workdps(40):
        v, value, left = n - 1, mpmath.mpf(1), power
        if v == 0:
            return mpmath.mpf(0)
        while left >= 2:
            value, v, left = value * v, v + 2, left - 2
        return value * (mean_chi(v) if left else 1) / mpmath.mpf(n - c) ** (mpmath.mpf(power) / 2)


@cache
def digamma_half(twice: int) -> Any:
    """Return digamma(twice/2) by its recurrence."""
    with mpmath.workdps(40):
        if twice <= 2:
            return -mpmath.euler - (2 * mpmath.log(2) if twice == 1 else 0)
        return digamma_half(twice - 2) + mpmath.mpf(2) / (twice - 2)


@cache
def trigamma_half(twice: int) -> Any:
    """Return trigamma(twice/2) by its recurrence."""
    with mpmath.workdps(40):
        if twice <= 2:
            return mpmath.pi**2 / (2 if twice == 1 else 6)
        return trigamma_half(twice - 2) - mpmath.mpf(4) / (twice - 2) ** 2


def w2_moments(sizes: Sequence[int], c: int) -> tuple[Any, Any, Any]:
    """Return E W2^2, E W2^4 and E (mu_g - mu)^4 (replace, sigma = 1), over all pairs of generations."""
    g = len(sizes)

    def moment(*powers: int) -> Any:
        """Return E prod_i P_i^powers[i]: generation j contributes the power of all later P."""
        return mpmath.fprod(chi_power(sizes[j], c, sum(powers[j + 1 :])) for j in range(g))

    def at(*pairs: tuple[int, int]) -> Any:
        powers = [0] * (g + 1)
        for place, power in pairs:
            powers[place] += power
        return moment(*powers)

    with mpmath.workdps(40):
        indices = range(g)
        mean = mpmath.fsum(at((i, 2)) / sizes[i] for i in indices)
        mean += at((g, 2)) - 2 * at((g, 1)) + 1
        clock = mpmath.fsum(at((i, 2), (j, 2)) / (sizes[i] * sizes[j]) for i, j in product(indices, indices))
        cross = mpmath.fsum((at((i, 2), (g, 2)) - 2 * at((i, 2), (g, 1)) + at((i, 2))) / sizes[i] for i in indices)
        spread = at((g, 4)) - 4 * at((g, 3)) + 6 * at((g, 2)) - 4 * at((g, 1)) + 1
        return mean, 3 * clock + 2 * cross + spread, 3 * clock


def det_mean(n: int, d: int) -> Fraction:
    """Return E det of the unbiased covariance of n standard points, by Leibniz: a cycle has mean n - 1."""
    total = 0
    for order in permutations(range(d)):
        cycles, seen = 0, set()
        for start in range(d):
            if start not in seen:
                cycles += 1
            while start not in seen:
                seen.add(start)
                start = order[start]
        total += (-1) ** (d - cycles) * (n - 1) ** cycles
    return Fraction(total, (n - 1) ** d)
