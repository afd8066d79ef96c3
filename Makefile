# The two commands of a newcomer are `make demo` and `make test`. Everything that they need, they install.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install -qq --disable-pip-version-check
RUNTIME := $(VENV)/.installed-runtime
DEV     := $(VENV)/.installed-dev
SYSTEM  := $(VENV)/.installed-system
JS      := tests/js/node_modules/.installed
WORKERS ?= 4
FUZZ    ?= 20
FUZZ_SEED := $(or $(FUZZ_SEED),$(shell date +%s))

.PHONY: help demo serve test tests fuzz check format bench lock coverage-page clean

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: $(RUNTIME) ## Show who is let in, who is refused, and why (KEEP=1: goes on)
	@$(BIN)/gatewright demo $(if $(KEEP),--keep)

serve: $(RUNTIME) ## Start a development server on port 4566
	@$(BIN)/gatewright serve --dev

clients: $(DEV) ## Put AWS's own clients beside it: the aws command line, boto3
	@$(BIN)/aws --version

test: ## Run everything that can fail
	@$(MAKE) --no-print-directory -j 3 $(DEV) $(SYSTEM) $(JS)
	@$(MAKE) --no-print-directory -j 2 check tests

tests: $(DEV) $(SYSTEM) $(JS)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

fuzz: $(DEV) $(SYSTEM) ## Try FUZZ=20 times the examples (FUZZ_SEED=… repeats a run)
	@echo "FUZZ=$(FUZZ) FUZZ_SEED=$(FUZZ_SEED)"
	@FUZZ=$(FUZZ) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/pytest -n $(WORKERS) -m hypothesis --hypothesis-seed=$(FUZZ_SEED) $(ONLY)

check: $(DEV) ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) $(SYSTEM) ## Measure against nginx and other tools (docs/performance.md)
	bench/run

lock: ## Write the lock files anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --extra dev --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --extra bench --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" -o requirements/bench.txt

coverage-page: $(DEV) ## Write docs/coverage.md anew
	$(BIN)/python -m tests.docs.coverage_page

clean: ## Take away what was installed and made
	rm -rf $(VENV) tests/js/node_modules .gatewright

$(VENV)/bin/python:
	@./install/venv "$(PYTHON)" "$(VENV)"

$(RUNTIME): requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV), which takes a minute or so, once …" >&2
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps -e .
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what developers need into $(VENV), which takes a minute or two, once …" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps -e .
	@touch $@ $(RUNTIME)

$(SYSTEM): install/system | $(VENV)/bin/python
	@./install/system
	@touch $@

$(JS): tests/js/package-lock.json | $(SYSTEM)
	@cd tests/js && npm ci --silent --no-audit --no-fund
	@touch $@
