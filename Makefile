# `make run` and `make test` are all that a user needs; both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench eval schemas lock clean

help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make .venv with everything; the command is .venv/bin/claimstream

$(VENV)/.installed: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Claimstream needs Python 3.11 or later, this is %s; make PYTHON=python3.12 …" % sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## Start everything, produce the samples, show their claims; Ctrl-C stops all
	@$(BIN)/claimstream up --demo

test: setup ## Check the style and the types, then run every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

check: setup ## The quick part of `make test`: style, types, tests without a broker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not broker"

bench: setup ## Articles/s and latency through the three services, beside the same functions in a bare loop
	$(BIN)/python -m bench

eval: setup ## Score every model on held-out data, write docs/accuracy.md (SHARED=… holds data/ and articles/)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r training/constraints.txt
	$(BIN)/python -m training.report $(if $(SHARED),--shared $(SHARED))

schemas: setup ## Write JSON Schema and AsyncAPI anew from the models
	$(BIN)/python -m schemas.generate

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-annotate --universal \
	  --python-version 3.11 --quiet --upgrade --custom-compile-command "make lock" -o constraints.txt
	uv pip compile pyproject.toml --extra eval --constraint constraints.txt --generate-hashes --no-emit-index-url --no-annotate \
	  --universal --python-version 3.11 --quiet --upgrade --custom-compile-command "make lock" -o training/constraints.txt

clean: ## Remove .venv and everything that runs left behind
	rm -rf $(VENV) .claimstream build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
