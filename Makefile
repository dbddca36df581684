# `make` installs what is missing and runs the main job; `make test` installs what is missing and tests.
# A GPU or another extra: make EXTRA=cuda13.  Another interpreter: make PY=python3.12.

PY    ?= python3
EXTRA ?=
LOCK  := requirements$(if $(EXTRA),-$(EXTRA)).lock
STAMP := .venv/installed-$(LOCK)
BIN   := .venv/bin

.DEFAULT_GOAL := all
.PHONY: all setup test test-all lint format bench figures docs lock clean distclean

all: $(STAMP)
	@$(BIN)/tailfade doctor
	@$(BIN)/tailfade simulate gaussian --workflow accumulate -n 100 -g 20 --seeds 10000 --metric w2

setup: $(STAMP)

test: $(STAMP)
	@$(BIN)/python -m pytest -m "not slow"

test-all: $(STAMP)
	@$(BIN)/python -m pytest

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright --warnings

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(STAMP): $(LOCK) pyproject.toml
	@sh groundwork/setup.sh "$(PY)" "$(LOCK)"
	@rm -f .venv/installed-*
	@touch $@

lock:
	@sh groundwork/lock.sh

clean:
	@rm -rf build dist .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean
	@rm -rf .venv .cache
