# Each target makes its own virtual environment when there is none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: demo test check bench pictures torture versions wheel-demo lock audit clean

$(STAMP): pyproject.toml requirements/lock.txt
	sh requirements/install.sh $(PYTHON) $(VENV) requirements/lock.txt
	touch $(STAMP)

demo: $(STAMP)  ## the main job on 2,000 realistic offers, in ./demo
	$(BIN)/python bench/demo.py $(BIN)/reconcile demo

test: $(STAMP)  ## all tests, on two processes; EVERY=1: tables of cases in full, not in shares
	TMPDIR=$$(sh tests/scratch.sh) $(BIN)/python -m pytest -n 2 --dist loadfile -q

check: $(STAMP)  ## lint, types, floors, spec, the calls of a plan, known holes in the locked packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/reconcile spec check
	$(BIN)/python bench/calls.py
	@$(MAKE) --no-print-directory audit

audit: $(STAMP)  ## known holes in the locked packages; part of `check`
	$(BIN)/python requirements/audit.py requirements/lock.txt requirements/audit.txt

bench: $(STAMP)  ## what it costs, and others beside it; writes docs/performance.md. SIZES=--all: also 100,000 offers
	$(BIN)/python -m bench.cost $(SIZES)
	$(BIN)/python bench/marketplaces.py

pictures: $(STAMP)  ## draw docs/pictures again (needs Chromium)
	$(BIN)/python bench/pictures.py

torture: $(STAMP)  ## kills, outages, frozen processes, every fault with every action, lies, rates, stock, cut files, judges, tables in full: more than an hour
	$(BIN)/python bench/torture.py
	TMPDIR=$$(sh tests/scratch.sh) EVERY=1 $(BIN)/python -m pytest -n 2 -q tests/rests

versions:  ## a short suite on the lowest versions of all packages with the oldest Python, the newest ones with the newest, and each between
	sh requirements/versions.sh $(PYTHON)

wheel-demo: $(STAMP)  ## build the wheel, install it in a clean environment, run the demo from it
	sh bench/wheel_demo.sh $(BIN)/python

lock:  ## renew the locked versions (needs uv)
	sh requirements/renew.sh

clean:
	rm -rf $(VENV) demo dist build
