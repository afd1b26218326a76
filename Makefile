# ClientForge Ops. `make help` lists what there is; `make run` and `make test` are all a fresh machine needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv from the PATH, else brought in with pip: into this Python where that is allowed, else into a folder of our own.
UV = $(shell command -v uv || { test -x .tools/bin/uv && echo .tools/bin/uv; })
STAMP := $(VENV)/.installed
export REFLEX_TELEMETRY_ENABLED := false
export REFLEX_USE_NPM := 1

.PHONY: help run test check bench chaos fmt docs lock clean
help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 12

run: $(STAMP)  ## Start everything on http://localhost:8000 (PORT moves it); Ctrl-C stops it
	@exec $(BIN)/clientforge run

test: check  ## Run what CI runs: check, migrations, all tests, the browser tests
	@$(BIN)/python -m tests.run

check: $(STAMP)  ## Check format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP)  ## Measure the figures of the issues; writes bench/results.json
	@$(BIN)/python -m tests.bench

chaos: $(STAMP)  ## Charge 200 invoices while the network fails and the worker is killed 20 times
	@CHAOS=1 $(BIN)/python -m pytest -q tests/jobs/test_charge_chaos.py

fmt: $(STAMP)  ## Format the code and apply safe lint fixes
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

docs: $(STAMP)  ## Write the tables of docs/ anew from the code
	@$(BIN)/python -m tests.docs

lock: $(STAMP)  ## Pin the newest allowed versions into requirements/
	@for extra in "" test dev; do \
	  case "$$extra" in "") out=runtime; flags="";; test) out=test; flags="--extra test";; dev) out=dev; flags="--extra test --extra dev";; esac; \
	  $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$flags pyproject.toml -o requirements/$$out.txt || exit 1; \
	done

clean:  ## Remove what was built (never the data in .data)
	rm -rf $(VENV) .tools .web bench/results.json

# The virtual environment, from the lock. DEPS=runtime leaves the test and development tools out.
DEPS ?= dev
$(STAMP): requirements/$(DEPS).txt pyproject.toml
	@command -v uv >/dev/null || test -x .tools/bin/uv || $(PYTHON) -m pip install -q uv 2>/dev/null || { \
	  $(PYTHON) -m venv .tools && .tools/bin/pip install -q uv; }
	@uv=$$(command -v uv || echo .tools/bin/uv); \
	  test -x $(BIN)/python || $$uv venv -q --python $(PYTHON) $(VENV); \
	  VIRTUAL_ENV=$(VENV) $$uv pip sync -q --require-hashes requirements/$(DEPS).txt && \
	  VIRTUAL_ENV=$(VENV) $$uv pip install -q --no-deps -e .
	@touch $@
