# Two commands: `make demo` and `make test`. The others are shorter ways to parts of them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test fast lint bench clean

SOURCES := $(shell find src/affekt -type f -not -path '*/.*' -not -path '*/__pycache__/*')
WHAT_IS_INSTALLED := pyproject.toml README.md LICENSE NOTICE
DEMO := demo
PIP := -m pip --quiet --disable-pip-version-check --no-input

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: .venv/installed ## run both lines on generated pictures and show the report
	@.venv/bin/affekt demo $(DEMO)
	@tools/show.sh $(DEMO)

test: .venv-test/installed ## format, lint, types and all tests; STRICT=1 fails when something was left out
	@tools/check.sh all

fast: .venv-test/installed ## the tests that take under a second each
	@tools/check.sh fast

lint: .venv-test/installed ## format, lint and types
	@tools/check.sh lint

bench: ## name the benchmarks and how to run them
	@tools/benchmarks.sh

clean: ## remove both environments, caches and what the demonstration made
	rm -rf .venv .venv-test .venv-consumers build demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage src/affekt.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made .venv-test/made .venv-consumers/made:
	@python="$$(tools/find_python.sh)"; echo "making $(@D) with $$python"; "$$python" -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP) install --upgrade 'pip>=25.1'
	@touch $@

# A wheel is built from scratch: files of an older build would end up in it.
.venv/installed: .venv/made $(WHAT_IS_INSTALLED) $(SOURCES)
	@echo "installing affekt into .venv (the first time this downloads about 400 MB)"
	@rm -rf build
	@.venv/bin/python $(PIP) install .
	@rm -rf build
	@touch $@

# Installed in place, so that a changed source needs no new installation.
.venv-test/installed: .venv-test/made pyproject.toml
	@echo "installing affekt and what its tests need into .venv-test (the first time about 570 MB)"
	@.venv-test/bin/python $(PIP) install --editable . --group test
	@touch $@

# Libraries that load releases; they need nothing of affekt, and their wishes would bind it.
.venv-consumers/installed: .venv-consumers/made pyproject.toml
	@echo "installing the libraries that load releases into .venv-consumers (about 800 MB on the disk)"
	@.venv-consumers/bin/python $(PIP) install --group consumers
	@# Only for the schema of CITATION.cff that lies in it: what it needs conflicts with the others.
	@.venv-consumers/bin/python $(PIP) install --no-deps 'cffconvert>=2.0'
	@touch $@
