# `make run` and `make test` need only Python 3.11 or newer and a package registry.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-all lint format bench-rules bench-extract bench-store bench-reprocess bench-crawl lock clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run-ready ## Crawl the bundled demo newsroom into hasila.db and print what was found
	@$(BIN)/hasila demo --db hasila.db

test: $(VENV)/.dev-ready lint ## Lint, type-check and run the test suite
	@$(BIN)/pytest -q

test-all: $(VENV)/.dev-ready lint ## The suite with the long tests (soak, kill matrix)
	@$(BIN)/pytest -q -m ''

lint: $(VENV)/.dev-ready ## ruff (format and lint) and mypy --strict
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench-rules: $(VENV)/.bench-ready ## Speed of the rules beside duckling, PyArabic and dateparser
	@$(BIN)/python -m bench.rules

bench-extract: $(VENV)/.bench-ready ## Extraction beside trafilatura, resiliparse, readability-lxml and bare parsers
	@$(BIN)/python -m bench.extract

bench-crawl: $(VENV)/.bench-ready ## A crawl with everything on beside a bare Scrapy spider
	@$(BIN)/python -m bench.crawl

bench-store: $(VENV)/.bench-ready ## Insertions, views and searches on a database of generated articles
	@$(BIN)/python -m bench.store

bench-reprocess: $(VENV)/.bench-ready ## Reading the archive anew by one process and by two, beside a bare pass
	@$(BIN)/python -m bench.reprocess

format: $(VENV)/.dev-ready ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Pin requirements*.txt anew (needs uv)
	uv pip compile pyproject.toml --group build --excludes requirements-excluded.txt \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' --quiet -o requirements.txt
	uv pip compile pyproject.toml --group build --group dev --excludes requirements-excluded.txt \
	  -c requirements.txt \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' --quiet -o requirements-dev.txt
	uv pip compile pyproject.toml --group build --group dev --group bench --excludes requirements-excluded.txt \
	  -c requirements-dev.txt \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' --quiet -o requirements-bench.txt

clean: ## Remove the virtual environment and what the tools cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hasila needs Python 3.11 or newer; set PYTHON=python3.x")'
	@$(PYTHON) -m venv $(VENV)

# The locks are complete, so --no-deps both keeps pip from adding what was left out on purpose and makes it fast.
$(VENV)/.run-ready: requirements.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the locked requirements into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.run-ready
	@echo 'Installing the development tools ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.bench-ready: requirements-bench.txt $(VENV)/.dev-ready
	@echo 'Installing the peers that the benchmarks compare with ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.txt
	@touch $@
