# `make run` and `make test` are all that a user needs; both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup tools run test check bench eval schemas dashboards lock clean

help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make .venv with what running needs; the command is .venv/bin/claimstream
tools: $(VENV)/.tools ## Add to .venv what tests and style checks need

$(VENV)/.installed: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Claimstream needs Python 3.11 or later, this is %s; make PYTHON=python3.12 …" % sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.installed tests/constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/constraints.txt
	@touch $@

run: setup ## Start everything, produce the samples, show their claims; Ctrl-C stops all
	@$(BIN)/claimstream up --demo

test: tools ## Check the style and the types, then run every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

check: tools ## The quick part of `make test`: style, types, tests without a broker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not broker"

bench: setup ## Articles/s and latency through the three services, beside the same functions in a bare loop
	$(BIN)/python -m bench

eval: setup ## Score every model on held-out data, write docs/accuracy.md (SHARED=… holds data/ and articles/)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r training/constraints.txt
	$(BIN)/python -m training.report $(if $(SHARED),--shared $(SHARED))

dashboards: setup ## Write Grafana's dashboards anew from deploy/grafana/source.py
	$(BIN)/python -m deploy.grafana.source

schemas: setup ## Write JSON Schema and AsyncAPI anew from the models
	$(BIN)/python -m schemas.generate

LOCK := uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-annotate --universal --python-version 3.11 \
  --quiet --custom-compile-command "make lock"

lock: ## Pin the dependencies anew (needs uv); what an extra adds is pinned beside what needs it
	$(LOCK) --upgrade --extra local --extra build -o constraints.txt
	$(LOCK) --upgrade --extra build --constraint constraints.txt -o deploy/docker/constraints.txt
	$(LOCK) --upgrade --extra dev --constraint constraints.txt -o tests/constraints.txt
	$(LOCK) --upgrade --extra eval --constraint constraints.txt -o training/constraints.txt

clean: ## Remove .venv and everything that runs left behind
	rm -rf $(VENV) .claimstream build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
