"""Frozen dataclasses as pytrees: numbers are leaves and traced, what is marked static shapes the program."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["bytes_of", "leading", "pytree", "static", "take", "traced"]

T = TypeVar("T", bound=type)


def static(default: Any = dataclasses.MISSING) -> Any:
    """Return a dataclass field that is part of the program, not of the data: a new value compiles anew."""
    return dataclasses.field(default=default, metadata={"static": True})


def pytree(cls: T) -> T:
    """Register a frozen dataclass as a pytree; fields made by ``static`` are its metadata.

    Not ``jax.tree_util.register_dataclass``: that one runs ``__post_init__`` again whenever jax rebuilds the
    object, with tracers and placeholders in place of numbers, so that no check could stand there. Here the
    checks run once, when a person constructs the object, and a rebuilt one is filled in without them.

    >>> import dataclasses
    >>> @pytree
    ... @dataclasses.dataclass(frozen=True)
    ... class Pair:
    ...     a: float
    ...     kind: str = static("x")
    >>> jax.tree.map(lambda leaf: 2 * leaf, Pair(1.5))
    Pair(a=3.0, kind='x')
    """
    fields = dataclasses.fields(cls)
    frozen = tuple(field.name for field in fields if field.metadata.get("static"))
    leaves = tuple(field.name for field in fields if not field.metadata.get("static"))

    def flatten(instance: Any) -> tuple[list[tuple[Any, Any]], tuple[Any, ...]]:
        children = [(jax.tree_util.GetAttrKey(name), getattr(instance, name)) for name in leaves]
        return children, tuple(getattr(instance, name) for name in frozen)

    def unflatten(metadata: tuple[Any, ...], children: Any) -> Any:
        instance = object.__new__(cls)
        for name, value in (*zip(leaves, children, strict=True), *zip(frozen, metadata, strict=True)):
            object.__setattr__(instance, name, value)
        return instance

    jax.tree_util.register_pytree_with_keys(cls, flatten, unflatten)
    return cls


def traced(tree: Any) -> Any:
    """Return the tree with every number as a float64 or int64 array, so that no Python type shapes a program.

    >>> traced({"a": 1, "b": 2.0})["b"].dtype
    dtype('float64')
    """

    def strong(leaf: Any) -> Any:
        if isinstance(leaf, jax.Array):
            return leaf
        array = np.asarray(leaf)
        return jnp.asarray(array, {"f": np.float64, "i": np.int64}.get(array.dtype.kind, array.dtype))

    return jax.tree.map(strong, tree)


def take(tree: Any, index: Any) -> Any:
    """Return the tree of ``leaf[index]``."""
    return jax.tree.map(lambda leaf: leaf[index], tree)


def leading(tree: Any) -> int:
    """Return the length of the leading axis that all leaves share."""
    return jax.tree.leaves(tree)[0].shape[0]


def bytes_of(tree: Any) -> int:
    """Return how many bytes the arrays (or their shapes) of a tree take."""
    total = 0
    for leaf in jax.tree.leaves(tree):
        width = 8 if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) else np.dtype(leaf.dtype).itemsize
        total += int(np.prod(leaf.shape)) * width
    return total
