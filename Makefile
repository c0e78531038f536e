# Portvakt: every word a developer needs. `make` prints them.
#
# Needs only make and Python 3.11, 3.12 or 3.13 with its venv module. Everything is installed,
# hash for hash, from requirements.lock into .venv; nothing else on the machine is touched.
# The lock file is whole, so pip resolves nothing (--no-deps): pip 23 takes a newer release of what
# is named once with an extra and once without, and then misses its hash. `pip check` is the proof.

SHELL   := /bin/sh
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input
STAMP   := $(VENV)/.installed
BENCH   := .venv-bench
LOCKER  := .venv-lock
# PYTHON=/path/to/python3.12 make … takes that one; otherwise the first that fits.
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
# The rooms that do no I/O; each line and each branch in them is run by the tests.
PURE    := automation/errors.py,automation/model/*,automation/render/*,automation/parse/*,automation/drift/*,automation/counters/*,automation/findings/*,automation/platforms/*
# The tests that run all of it. To be measured makes a test take twice as long, so the others are not.
COVERING := tests/unit tests/platforms tests/integration/store
# Tests that need no other program than Python, and no root.
ALONE   := not postgres and not netsnmp and not prometheus and not openvswitch and not frr and not reallab
# PYTEST="-k name -x" make test
PYTEST  ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test check reallab reallab-up reallab-down evidence bench fmt fmt-check lint types contracts docs docs-check cover rest lock clean

help:  ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(STAMP)  ## the virtual environment .venv, from the lock file

demo: $(STAMP)  ## the whole of it on the twin, in a minute or two
	@$(BIN)/portvakt demo

test: $(STAMP)  ## every test that needs neither root nor another program
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "$(ALONE)" $(PYTEST)

reallab: $(STAMP)  ## the tests on real switches and routers in namespaces; as root, on Debian
	@$(BIN)/python -m tests.reallab install
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/reallab $(PYTEST)

reallab-up: $(STAMP)  ## leave that lab standing to play with; SIZE=large for 20 switches of 48 ports
	@$(BIN)/python -m tests.reallab install
	@$(BIN)/python -m tests.reallab up --size $(or $(SIZE),small)

reallab-down: $(STAMP)  ## take it down again, without a trace
	@$(BIN)/python -m tests.reallab down

evidence: $(STAMP)  ## run all proofs of this commit, as root, and write into README and docs what they ran on
	@$(BIN)/python -m tests.reallab install
	@$(BIN)/python -m pytest -p tests.docs.recorder -m proof tests/reallab tests/platforms

check: fmt-check lint types contracts docs-check cover rest  ## all that has to hold before a commit

fmt: $(STAMP)  ## put the code in its one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

fmt-check: $(STAMP)  ## the code is in its one format
	@$(BIN)/ruff format --check .

lint: $(STAMP)  ## ruff
	@$(BIN)/ruff check .

types: $(STAMP)  ## mypy, strict, tests too
	@$(BIN)/mypy

contracts: $(STAMP)  ## who may import whom
	@$(BIN)/lint-imports --no-logo

docs: $(STAMP)  ## write docs/cli.md anew from --help
	@$(BIN)/python -m tests.docs.generate_cli

docs-check: $(STAMP)  ## docs and README say what the command does
	@$(BIN)/python -m pytest -q tests/docs

cover: $(STAMP)  ## the tests of the pure rooms, which have to run each of their lines and branches
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "$(ALONE)" --cov --cov-report= $(COVERING) $(PYTEST)
	@$(BIN)/coverage report --include='$(PURE)' --skip-covered --show-missing --fail-under=100

rest: $(STAMP)  ## all other tests that need neither root nor another program
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "$(ALONE)" \
	  $(addprefix --ignore=,$(COVERING) tests/docs) $(PYTEST)

bench: $(STAMP) $(BENCH)/.installed  ## measure; benchmarks are no tests. ARGS="…" goes to it
	@$(BIN)/python -m tests.bench --peers $(BENCH)/bin $(ARGS)

lock: $(LOCKER)/.installed  ## resolve pyproject.toml into the lock files; ARGS=--upgrade takes what is new
	@$(LOCKER)/bin/uv pip compile pyproject.toml --all-extras --group dev --group build \
	  $(LOCK_STYLE) --output-file requirements.lock $(ARGS)
	@$(LOCKER)/bin/uv pip compile --group pyproject.toml:bench --constraint requirements.lock \
	  $(LOCK_STYLE) --output-file requirements-bench.lock $(ARGS)

LOCK_STYLE := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:  ## remove what make made
	@rm -rf $(VENV) $(BENCH) $(LOCKER) build dist .coverage .coverage.* \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find automation tests -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@$(call venv,$(VENV))
	@echo "Installing into $(VENV) from requirements.lock; once, about a minute." >&2
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(PIP) check >/dev/null || $(PIP) check
	@touch $@

$(BENCH)/.installed: requirements-bench.lock
	@$(call venv,$(BENCH))
	@echo "Installing the benchmark's peers into $(BENCH)." >&2
	@$(BENCH)/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
	  --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

$(LOCKER)/.installed:
	@$(call venv,$(LOCKER))
	@$(LOCKER)/bin/python -m pip --disable-pip-version-check --no-input install --quiet 'uv>=0.13,<0.14'
	@touch $@

# A virtual environment in $(1), of the first Python that fits, or a word on what is missing.
define venv
set -eu; chosen=; bare=; \
for python in $(PYTHONS); do \
  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
  if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then chosen=$$python; break; fi; \
  bare=$$python; \
done; \
if [ -n "$$chosen" ]; then \
  "$$chosen" -m venv $(1); \
elif [ -n "$$bare" ]; then \
  echo "$$bare has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
else \
  echo "Python 3.11, 3.12 or 3.13 is needed, and none of these is one: $(PYTHONS)" >&2; \
  echo "On Debian and Ubuntu: apt install python3 python3-venv. Or: make PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef
