#!/bin/sh
# Writes every lock file anew: universal, hashed, without an address. Needs uv on PATH. usage: lock.sh [--upgrade]
# --python-version 3.11 is not optional: without it the lower bound is the Python that uv happens to find.
set -eu
command -v uv >/dev/null 2>&1 || { echo "tailfade: locking needs uv on PATH (pip install uv)" >&2; exit 1; }

compile() {
  out=$1
  shift
  uv pip compile -q pyproject.toml --universal --python-version 3.11 --group dev --extra results "$@" \
    --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o "$out"
  if grep -n '://' "$out"; then echo "tailfade: $out holds an address" >&2; exit 1; fi
}

compile requirements.lock "$@"
for extra in certify vision hub demos docs bench cuda13; do
  compile "requirements-$extra.lock" --extra "$extra" -c requirements.lock "$@"
done
