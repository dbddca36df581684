# `make` installs what is missing and runs the main job; `make test` installs what is missing and tests.
# An optional extra: make EXTRA=certify.  Another interpreter: make PY=python3.12.

PY    ?= python3
EXTRA ?=
LOCK  := requirements$(if $(EXTRA),-$(EXTRA)).lock
STAMP := .venv/installed-$(LOCK)
BIN   := .venv/bin

.DEFAULT_GOAL := all
.PHONY: all setup test test-all lint format bench calibration figures docs lock clean distclean

all: $(STAMP)
	@$(BIN)/tailfade doctor
	@$(BIN)/tailfade verify

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

# Ten thousand runs of the verdict engine on each estimand: some ten minutes of one core.
calibration: $(STAMP)
	@$(BIN)/python -m benchmarks.calibration

figures: $(STAMP)
	@$(BIN)/tailfade figures

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
