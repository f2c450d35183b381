# Two commands matter: `make play` and `make test`. Both create the environment they need.
# Only Python 3.11 or newer, git and make are required.

VENV ?= .venv
BIN := $(VENV)/bin
SCENARIO ?= dunkerque
DRAWS ?= 200
SEED ?= 7
OUT ?= wattport-$(SCENARIO)
# Two workers: the tests are held to two cores, so that they run alike everywhere.
WORKERS ?= 2
# Attacks of `make fuzz`: how many, and from which seed on.
SEEDS ?= 10000
START ?= 0

ifndef PYTHON
PYTHON := $(shell for python in python3.11 python3 python; do \
	if $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)
endif

# Wheels only, each held to the sha256 of the committed lock: nothing is compiled.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
PINNED := $(PIP) --require-hashes --only-binary :all:
PACKAGE := $(PIP) --no-deps --no-build-isolation --editable .

.PHONY: help play test lint types contract tests mutate docs bench fuzz kills lock format clean

help:
	@echo "make play    install what is needed and play the Dunkerque scenario"
	@echo "make test    install what is needed and run every check and test"
	@echo "make mutate  plant known faults one by one in a copy, and count those the tests find"
	@echo "also: lint types contract tests docs bench fuzz kills lock format clean"
	@echo "settings: SCENARIO=$(SCENARIO) DRAWS=$(DRAWS) SEED=$(SEED) OUT=$(OUT) SEEDS=$(SEEDS) START=$(START)"

# --- environments: a stamp beside the packages says what has been installed -------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Wattport needs Python 3.11 or newer with venv: install it, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "creating $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml requirements/build.lock requirements/core.lock | $(BIN)/python
	@echo "installing the packages of requirements/core.lock" >&2
	@$(PINNED) -r requirements/build.lock
	@$(PINNED) -r requirements/core.lock
	@$(PACKAGE)
	@touch $@

# PsychroLib, an oracle, is published as source only; it is pure Python.
$(VENV)/.test: requirements/test.lock $(VENV)/.core
	@echo "installing the packages of requirements/test.lock" >&2
	@$(PINNED) --no-build-isolation --no-binary psychrolib -r requirements/test.lock
	@touch $@

# --- the main job ----------------------------------------------------------------------------

play: $(VENV)/.core
	@$(BIN)/wattport play $(SCENARIO) --draws $(DRAWS) --seed $(SEED) --out $(OUT)

# --- the checks, cheapest first --------------------------------------------------------------

test: lint types contract tests

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.test
	@$(BIN)/mypy

contract: $(VENV)/.test
	@PATH="$(abspath $(BIN)):$$PATH" NO_COLOR=1 $(BIN)/lint-imports

tests: $(VENV)/.test
	@$(BIN)/python -m pytest -n $(WORKERS)

# Half an hour on two cores; FAULTS=tests/faults/design.yaml takes one list.
mutate: $(VENV)/.test
	@$(BIN)/python tools/plant_faults.py $(FAULTS)

# --- documents, measurements, upkeep ---------------------------------------------------------

docs: $(VENV)/.test
	@test -n "$$WATTPORT_REFERENCE_DATA" || { echo "make docs needs WATTPORT_REFERENCE_DATA: without it the page would lose rows" >&2; exit 2; }
	@rm -rf build/validation
	@WATTPORT_VALIDATION_ROWS="$(abspath build/validation)" $(BIN)/python -m pytest tests -m validation -n $(WORKERS) -q
	@$(BIN)/python tools/validation_page.py build/validation docs/validation.md src/wattport/catalog/validation.csv
	@$(BIN)/python tools/limits_page.py > docs/limits.md

bench: $(VENV)/.core
	@$(BIN)/python benchmarks/play_dunkerque.py
	@$(BIN)/python benchmarks/hourly_operation.py

fuzz: $(VENV)/.test
	@PYTHONPATH=tests nice $(BIN)/python -m attack --start $(START) --seeds $(SEEDS)

# Strikes real plays with signals; the writer alone is struck in `make tests`.
kills: $(VENV)/.core
	@$(BIN)/python tools/kill_plays.py

lock:
	@tools/lock.sh

format: $(VENV)/.test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Machine code is kept in the first of these places that can be written (docs/decisions/0009).
clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/wattport" "$${TMPDIR:-/tmp}/wattport-$$(id -u)"
	@test -z "$$NUMBA_CACHE_DIR" || rm -rf "$$NUMBA_CACHE_DIR/wattport"
