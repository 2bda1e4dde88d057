# Every target works on a fresh machine that has Python 3.11 or newer (with venv) and make.
# PYTHON makes the environment; TEST_FLAGS reaches pytest:  make test TEST_FLAGS="-k tape -x"

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-bench
PEERS_READY := $(PEERS)/.ready
TEST_FLAGS ?=

RECENT := import sys; sys.exit(sys.version_info < (3, 11) and \
  "steepest needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + \
  "; name another: make PYTHON=python3.12")

.DEFAULT_GOAL := help
.PHONY: help demo course test test-long test-versions test-arm test-browser test-notebook \
  check format reference docs bench bench-full peers clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: $(READY)  ## train a small network and show what it learned
	$(BIN)/python examples/demo.py

course: $(READY)  ## the courses' experiments in full, on the data in STEEPEST_DATA: docs/course.md
	$(BIN)/python -m scripts.course

test: $(READY)  ## every test but the long ones
	$(BIN)/python -m pytest $(TEST_FLAGS)

test-long: $(READY)  ## every test, the long ones included, with fresh random examples
	$(BIN)/python -m pytest -m "not browser" --hypothesis-profile=explore $(TEST_FLAGS)

test-versions: $(READY)  ## the tests on every Python here, with the lowest and the newest packages
	$(BIN)/python -m scripts.versions -- $(TEST_FLAGS)

test-arm: $(READY)  ## the tests of generated code as code for ARM, in an emulator (on Debian)
	$(BIN)/python -m scripts.arm -- $(TEST_FLAGS)

test-browser: $(READY)  ## the studio's page in a headless Chromium (on Debian)
	$(BIN)/python -c 'import playwright, starlette' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --editable '.[dev,studio,browser]'
	command -v chromium >/dev/null || \
	  { test "$$(id -u)" = 0 && apt-get update && apt-get install --yes chromium; } || \
	  { echo "chromium is missing; install it: sudo apt-get install chromium"; exit 1; }
	$(BIN)/python -m pytest -m browser tests/browser $(TEST_FLAGS)

test-notebook: $(READY)  ## the studio's widget in JupyterLab and marimo, in an environment of its own
	$(BIN)/python -m scripts.notebooks

check: $(READY)  ## formatter, linter, types, import and length rules, word list, the reference
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m scripts.house
	$(BIN)/python -m scripts.words
	$(BIN)/python -m scripts.reference --check

format: $(READY)  ## rewrite the source as the formatter and the linter want it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: $(READY)  ## write docs/reference.md from the public names
	$(BIN)/python -m scripts.reference

docs: $(READY)  ## build the site of the documentation into the folder site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --clean
	@echo "open $(CURDIR)/site/index.html"

bench: $(READY)  ## a quick comparison with the peers that are installed
	$(BIN)/python -m benchmarks --quick

bench-full: $(PEERS_READY)  ## the whole comparison, with every peer that can be installed
	$(PEERS)/bin/python -m benchmarks

peers: $(PEERS_READY)  ## the tests that compare results with those peers
	$(PEERS)/bin/python -m pytest tests/peers $(TEST_FLAGS)

clean:  ## remove caches and built files; the environments stay
	rm -rf build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv*' -not -path './.arm*' -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@$(PYTHON) -c '$(RECENT)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

$(PEERS_READY): pyproject.toml benchmarks/install_peers.py
	@$(PYTHON) -c '$(RECENT)'
	$(PYTHON) -m benchmarks.install_peers
	$(PEERS)/bin/python -m pip install --quiet --editable '.[dev]'
	touch $(PEERS_READY)
