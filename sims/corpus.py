"""The corpus of one path: what past batches have left, and the fit on it.

Kept as *samples* (slots of rows) or as *moments* (slots of one centred statistic each, or one faded statistic
where the workflow has a running form). Either way the fit is a weighted fit and knows no workflow.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from sims.keys import Purpose, draw_key
from sims.process import Layout, Process
from sims.trees import pytree, take
from sims.workflow import Slots, Workflow

__all__ = ["Corpus", "add_batch", "add_statistic", "empty", "fit_samples", "fit_statistics"]


@pytree
@dataclasses.dataclass(frozen=True)
class Corpus:
    """Slots of the corpus: what each holds, the generation it was born at (0: empty), and how much it holds.

    ``mass`` and ``square`` are the sums of the weights and of their squares inside a faded statistic.
    """

    data: Any
    born: Int[Array, " slots"]
    count: Int[Array, " slots"]
    mass: Float[Array, " slots"]
    square: Float[Array, " slots"]


def empty(item: Any, slots: int) -> Corpus:
    """Return a corpus of empty slots, each shaped to hold ``item``."""
    data = jax.tree.map(lambda leaf: jnp.zeros((slots, *leaf.shape), leaf.dtype), item)
    nothing = jnp.zeros(slots, jnp.int64)
    return Corpus(data, nothing, nothing, jnp.zeros(slots), jnp.zeros(slots))


def add_batch(corpus: Corpus, workflow: Workflow, g: Array, item: Any, size: Array) -> Corpus:
    """Return the corpus with a batch (or its statistic) in the slot of the oldest one."""
    mass = size.astype(jnp.float64)
    return _put(corpus, _slot(corpus, workflow, g), g, item, size, mass, mass)


def add_statistic(process: Process, corpus: Corpus, workflow: Workflow, g: Array, item: Any, size: Array) -> Corpus:
    """Return the corpus with a statistic folded into the faded one (slot 0), or pinned (the last slot)."""
    slot = _slot(corpus, workflow, g)
    keep, new = workflow.fold(g)
    both = jax.tree.map(lambda kept, fresh: jnp.stack([kept[slot], fresh]), corpus.data, item)
    merged = process.merge(both, jnp.stack([keep, new]))
    mass = keep * corpus.mass[slot] + new * size.astype(jnp.float64)
    square = keep**2 * corpus.square[slot] + new**2 * size.astype(jnp.float64)
    return _put(corpus, slot, g, merged, size, mass, square)


def fit_samples(
    process: Process,
    workflow: Workflow,
    layout: Layout,
    path: Array,
    world: Any,
    corpus: Corpus,
    g: Array,
    start: Any,
) -> Any:
    """Return the weighted fit on the rows of the corpus."""
    live = (jnp.arange(layout.rows)[None, :] < corpus.count[:, None]) & (corpus.born > 0)[:, None]
    slots = Slots(corpus.born, corpus.count)
    weight = workflow.weigh(draw_key(path, g, Purpose.WEIGH), g, slots, live)
    if workflow.importance:
        weight = weight * _effective(jnp.sum(weight), jnp.sum(weight**2))
    rows = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), corpus.data)
    return process.fit(draw_key(path, g, Purpose.FIT), world, rows, weight.reshape(-1), start)


def fit_statistics(
    process: Process,
    workflow: Workflow,
    layout: Layout,
    path: Array,
    world: Any,
    corpus: Corpus,
    g: Array,
    start: Any,
) -> Any:
    """Return the fit on the merged statistics of the corpus."""
    filled = corpus.born > 0
    if layout.folded:
        # The faded statistic carries its weights inside; a pinned one is weighed by the workflow.
        weight = jnp.ones(layout.slots)
        if workflow.pins:
            weight = weight.at[-1].set(workflow.block(g, corpus.born[-1]))
    else:
        weight = workflow.block(g, corpus.born)
    weight = jnp.where(filled, weight, 0.0)
    if workflow.importance:
        weight = weight * _effective(jnp.sum(weight * corpus.mass), jnp.sum(weight**2 * corpus.square))
    return process.solve(draw_key(path, g, Purpose.FIT), world, process.merge(corpus.data, weight), start)


def newest(corpus: Corpus, workflow: Workflow, g: Array) -> Any:
    """Return the batch that generation g - 1 left."""
    return take(corpus.data, _slot(corpus, workflow, g - 1))


def _put(corpus: Corpus, slot: Array, g: Array, item: Any, size: Array, mass: Array, square: Array) -> Corpus:
    return Corpus(
        jax.tree.map(lambda kept, new: kept.at[slot].set(new), corpus.data, item),
        corpus.born.at[slot].set(g),
        corpus.count.at[slot].set(size),
        corpus.mass.at[slot].set(mass),
        corpus.square.at[slot].set(square),
    )


def _slot(corpus: Corpus, workflow: Workflow, g: Array) -> Array:
    slots = corpus.born.shape[0]
    if not workflow.pins:
        return (g - 1) % slots
    return jnp.where(g == 1, slots - 1, (g - 1) % (slots - 1))


def _effective(total: Array, square: Array) -> Array:
    # Kish: weights of sum V1 and square sum V2 act like V1^2 / V2 samples, so V1 / V2 of each.
    return total / square
