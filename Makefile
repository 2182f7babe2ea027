# `make` alone lists what there is. Windows: the plain commands are in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help install run test check bench lock format docs pictures

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.run ## virtual environment in .venv, locked install

run: install ## install, database, sample city if empty, server on 127.0.0.1:8000
	@$(FLASK) init
	@$(FLASK) demo --if-empty
	@$(FLASK) serve

test: $(VENV)/.dev check ## everything that must pass
	$(BIN)/python -m pytest -n auto --dist worksteal -q

check: $(VENV)/.dev ## format, lint, types, contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## speed, as ratios in one run
	$(BIN)/python -m benchmarks

pictures: $(VENV)/.dev ## take the pictures of docs/ anew, of the sample city (needs chromium, LibreOffice, poppler)
	$(BIN)/python -m tests.browser.pictures

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## rewrite the documents that are made from tables
	$(BIN)/python -m workflows.documentation
	$(BIN)/python -m workflows.cadence_document
	$(BIN)/python -m workflows.handbook
	$(BIN)/python -m core.settings_table

lock: ## resolve requirements*.in anew into the lock files (needs uv)
	uv pip compile -q --universal -p 3.11 --generate-hashes --no-header requirements.in -o requirements.lock
	uv pip compile -q --universal -p 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run
