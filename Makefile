# Asteroid Belt Prospector. `make` alone lists what one can do.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
# The uv of this machine, or one brought into the checkout.
UV := $(shell command -v uv || echo .uv/bin/uv)
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
# Test files side by side, on as many processes as JOBS says.
PARALLEL := --numprocesses $(or $(JOBS),2) --dist loadfile
say = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup web ## Set up, start everything, train a demo run and print its URL (PORT=8000)
	@exec $(PYTHON) webapp/manage.py up

.PHONY: check
check: lint ## Lint and run the fast tests: the loop of a change, under two minutes on a warm build
	$(call say,Fast tests)
	cargo test --locked --lib --bins
	npm --prefix frontend test
	$(PYTEST) -m "not slow and not serial" $(PARALLEL)

.PHONY: test
test: setup web test-rust test-python test-web ## Set up and run every test: Rust, Python, web, browser

.PHONY: test-rust
test-rust:
	$(call say,Rust tests)
	cargo test --locked

# Files run side by side; what needs the machine for itself comes after them.
.PHONY: test-python
test-python:
	$(call say,Python and browser tests)
	$(PYTEST) -m "not serial" $(PARALLEL) --durations=10
	$(PYTEST) -m serial --durations=10

.PHONY: testcov
testcov: setup web ## Run the Python tests and show which lines of abp and webapp they leave out
	$(call say,Python tests with coverage)
	$(PYTEST) -m "not serial" $(PARALLEL) --cov --cov-report=
	$(PYTEST) -m serial --cov --cov-append --cov-report=term:skip-covered

.PHONY: e2e
e2e: setup web ## Run the browser tests against the whole system
	$(call say,Browser tests)
	$(PYTEST) tests/e2e

.PHONY: test-web
test-web:
	$(call say,Web unit tests)
	npm --prefix frontend test

.PHONY: parity
parity: ## Compare C and Rust bit for bit over 100 million steps (STEPS=n)
	cargo run --locked --release -p prospector-parity -- --steps $(or $(STEPS),100000000)

.PHONY: fuzz
fuzz: ## Fuzz action streams and state blobs, C against Rust (SECONDS=60 a target)
	crates/prospector-fuzz/fuzz.sh $(or $(SECONDS),60)

.PHONY: sanitize
sanitize: ## Run the Rust and C tests under address, undefined and thread sanitizers
	crates/prospector-fuzz/sanitize.sh

.PHONY: bench
bench: setup ## Measure every core: steps per second, resets, instructions, Python
	$(call say,The cores from Rust: million steps a second by wall clock; times the reference)
	cargo run --locked --release -p prospector-parity --bin throughput
	$(call say,The same under criterion)
	cargo bench --locked -p prospector-parity
	$(call say,Where a step goes: instructions by callgrind)
	crates/prospector-parity/benches/instructions.sh
	$(call say,The cores from Python)
	$(PYTHON) benchmarks/throughput.py

# The parts run side by side: the types alone take as long as all else.
.PHONY: lint
lint: setup web ## Check formatting, lints and types
	$(call say,Lint)
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-stubs lint-rust lint-python lint-generated lint-forge lint-web

.PHONY: lint-types
lint-types:
	.venv/bin/mypy

.PHONY: lint-stubs
lint-stubs:
	$(PYTHON) -m mypy.stubtest abp._core

.PHONY: lint-rust
lint-rust:
	cargo fmt --all --check
	$(PYTHON) crates/check_imports.py
	PYO3_PYTHON=$(CURDIR)/$(PYTHON) cargo clippy --locked --workspace --all-targets -- -D warnings

.PHONY: lint-python
lint-python:
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	PYTHONPATH=webapp .venv/bin/lint-imports --no-logo

.PHONY: lint-generated
lint-generated:
	$(PYTHON) generate/rules.py --check
	$(PYTHON) generate/cli_reference.py --check
	$(PYTHON) generate/records.py --check

.PHONY: lint-forge
lint-forge:
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

.PHONY: lint-web
lint-web:
	npm --prefix frontend run lint

.PHONY: format
format: frontend/node_modules/.package-lock.json ## Format everything: Rust, Python, TypeScript
	cargo fmt --all
	.venv/bin/ruff check --fix-only --quiet
	.venv/bin/ruff format
	npm --prefix frontend run format

.PHONY: generate
generate: setup frontend/node_modules/.package-lock.json ## Write what is made from the code: the rules, the records, the command line
	$(PYTHON) generate/rules.py
	$(PYTHON) generate/cli_reference.py
	$(PYTHON) generate/records.py

.PHONY: docs
docs: setup ## Build the documentation into site/; a warning is an error
	$(call say,Documentation)
	.venv/bin/zensical build --clean --strict

.PHONY: wheel
wheel: setup ## Build the wheel of the environments into dist/
	.venv/bin/maturin build --locked --release --out dist

.PHONY: setup
setup: $(UV) ## Install the Python side into .venv and build the Rust core
	$(call say,Python packages and the Rust core)
	$(UV) sync --locked --all-extras

.uv/bin/uv:
	$(call say,Bringing uv into the checkout)
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet uv==$(UV_VERSION)

.PHONY: web
web: frontend/dist/index.html ## Build the browser app into frontend/dist

frontend/node_modules/.package-lock.json: frontend/package.json frontend/schema/package.json frontend/package-lock.json
	$(call say,Browser packages)
	npm --prefix frontend ci --no-fund --no-audit
	@touch $@

frontend/dist/index.html: frontend/node_modules/.package-lock.json frontend/index.html frontend/vite.config.ts $(shell find frontend/src frontend/public -type f 2>/dev/null)
	$(call say,Browser app)
	npm --prefix frontend run build

.PHONY: clean
clean: ## Remove what builds have made (keeps data/)
	rm -rf .venv .uv target dist site frontend/node_modules frontend/dist
