# `make` installs what is missing and runs the main job; `make test` installs what is missing and tests.
# An optional extra: make EXTRA=certify.  Another interpreter: make PY=python3.12.

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

# Compiling is most of the work, so one process a core; four are enough to fill a laptop's memory.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses=4 --dist worksteal
test: $(STAMP)
	@$(PYTEST) -m "not slow"

test-all: $(STAMP)
	@$(PYTEST)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright --warnings

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

# Each loop leaves its record and its figure (PNG, SVG, PDF) in a folder of build/figures.
LOOP := $(BIN)/tailfade simulate --plot --seeds 20000 -g 40 --quiet
figures: $(STAMP)
	@$(LOOP) gaussian -w replace -n 50 -m variance --out build/figures/gaussian-replace
	@$(LOOP) gaussian -w accumulate -n 50 -m w2 --out build/figures/gaussian-accumulate
	@$(LOOP) "wright_fisher([0.1, 0.2, 0.3, 0.4])" -w replace -n 30 -m surviving_symbols --out build/figures/symbols-replace
	@$(LOOP) "linear(5)" -w accumulate -n 20 -m excess_risk --out build/figures/regression-accumulate
	@ls build/figures/*/figure.png

docs:
	@$(MAKE) --no-print-directory setup EXTRA=docs
	@$(BIN)/sphinx-build -q -W -b html docs build/docs
	@echo build/docs/index.html

lock:
	@sh groundwork/lock.sh

# What an extra installs comes on top of the rest, so its stamp stands for both.
$(STAMP): $(LOCK) pyproject.toml
	@sh groundwork/setup.sh "$(PY)" "$(LOCK)"
	@touch .venv/installed-requirements.lock $@

clean:
	@rm -rf build dist .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean
	@rm -rf .venv .cache
