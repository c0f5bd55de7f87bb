# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: install install-dev run test test-full lint bench lock

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("horizonscan needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The main job: everything, embedded, until Ctrl-C. ARGS="--sample" shows the invented sample, which is
# also what a first start without a network falls back to.
run: install
	$(BIN)/horizonscan up --sample-if-offline $(ARGS)

test: install-dev
	$(BIN)/python -m pytest -m "not full" $(ARGS)

test-full: install-dev
	$(BIN)/python -m pytest $(ARGS)

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/mypy --strict ingest search crawlers/decide crawlers/health crawlers/coverage.py crawlers/schedule.py

bench: install-dev
	$(BIN)/python -m benchmarks

# Rewrites both locks from pyproject.toml; index addresses never enter them.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build-tools pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build-tools --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
