# `make` alone prints this list. One definition of each check: CI, hooks and people call the same targets.
PY ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help setup run demo test check format lint types imports lock lock-check bench clean
help:            ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  *##' Makefile | sed -E 's/:.*## */\t/' | expand -t 14

setup: $(STAMP)  ## make .venv from requirements.lock
$(STAMP): requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PY=python3.11 make ...)")'
	@test -x $(BIN)/python || $(PY) -m venv .venv
	@# uv installs the lock about ten times faster than pip; its own hash is in the lock too
	@awk '/^uv==/{p=1} p{print} p&&!/\\$$/{exit}' requirements.lock > .venv/uv.lock.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock.txt
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: $(STAMP)    ## start everything: database, Airflow, board, mail sink (Ctrl-C stops all of it)
	@exec $(BIN)/bizenv stack $(if $(PLAN),--plan $(PLAN))

demo: $(STAMP)   ## a simulated district through all six stages, without Airflow
	@$(BIN)/bizenv demo $(if $(PLAN),--plan $(PLAN))

format: $(STAMP) ## write the canonical format
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

lint: $(STAMP)
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .

types: $(STAMP)
	@$(BIN)/pyright

imports: $(STAMP)
	@$(BIN)/lint-imports

lock:            ## resolve requirements.lock anew
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements.lock

check: lint types imports ## format, lint, types, import rules

test: $(STAMP)   ## everything: checks, unit, integration, DAGs in real Airflow, browser
	@tests/run.sh

bench: $(STAMP)  ## the measured ratios
	@$(BIN)/python -m bench

clean:           ## remove the environment and the home of the default stack
	@rm -rf .venv var
