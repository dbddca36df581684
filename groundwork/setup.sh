#!/bin/sh
# Makes .venv and installs exactly what the lock file names. usage: setup.sh PYTHON LOCKFILE
set -eu
python=$1
lock=$2

say() { printf 'tailfade: %s\n' "$*" >&2; }

command -v "$python" >/dev/null 2>&1 || {
  say "no '$python' on PATH; tailfade needs Python 3.11 or newer: install it, or name yours with  make PY=python3.12"
  exit 1
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  say "tailfade needs Python 3.11 or newer, and '$python' is $("$python" -V 2>&1): name a newer one with  make PY=python3.12"
  exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
  say "'$python' cannot make virtual environments: install its venv package (Debian, Ubuntu: apt install python3-venv)"
  exit 1
}
[ -f "$lock" ] || {
  say "there is no $lock: EXTRA must be one of $(ls requirements-*.lock 2>/dev/null | sed 's/requirements-\(.*\)\.lock/\1/' | tr '\n' ' ')"
  exit 1
}

# A venv of another Python, or one whose making was interrupted, is no start.
if [ -e .venv ] && ! { .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))'; } 2>/dev/null; then
  rm -rf .venv
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv

printf 'tailfade: installing %s into .venv (once)\n' "$lock"
if command -v uv >/dev/null 2>&1; then
  uv pip install -q --python .venv/bin/python --require-hashes -r "$lock"
  uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
else
  PIP_DISABLE_PIP_VERSION_CHECK=1
  export PIP_DISABLE_PIP_VERSION_CHECK
  .venv/bin/python -m pip install -q --require-hashes -r "$lock"
  .venv/bin/python -m pip install -q --no-deps --no-build-isolation -e .
fi
