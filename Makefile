# The commands of this house; `make help` lists them.
PYTHON := .venv/bin/python
export WATER_PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help run test check lint faults bench pictures docs

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

run: .venv/run.done $(if $(LIVE),.venv/dev.done) ## the board in the browser; LIVE=1: fed by a database, files and HJ 212
	@$(if $(LIVE),$(PYTHON) -m sample_data serve -- )$(PYTHON) app.py

test: .venv/dev.done ## everything, browser included
	@.ci/browser
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

check: .venv/dev.done ## the fast suite, in under three minutes
	@$(PYTHON) -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

lint: .venv/dev.done ## style, types and SQL
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m sqlfluff lint -p 2 metrics sample_data

faults: .venv/dev.done ## kills, full disks, power cuts, mutated input: no row lost (15 minutes)
	@FUZZ_INPUTS=10000 $(PYTHON) -m pytest -q -n 2 tests/data_sources/hj212/test_fuzz.py tests/data_sources/test_file_fuzz.py
	@$(PYTHON) -m tests.faults

bench: .venv/dev.done ## claims of speed: goal, measured, met or missed
	@$(PYTHON) -m bench

pictures: .venv/dev.done ## screenshots of the board, of all pages, of the storm case and of an outage into docs/pictures
	@.ci/browser
	@$(PYTHON) -m tests.browser.pictures
	@$(PYTHON) -m tests.browser.storm_case
	@$(PYTHON) -m tests.browser.database_away

docs: .venv/dev.done ## write the generated pages of docs anew
	@$(PYTHON) -m metrics docs
	@$(PYTHON) -m data_sources.table_docs

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer is needed, this is $$(python3 --version)" >&2; exit 1; }
	@python3 -m venv .venv

.venv/run.done: requirements.txt | .venv/bin/python
	@echo "installing what runs (once)"
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.done: requirements-dev.txt .venv/run.done
	@echo "installing what tests need (once)"
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@
