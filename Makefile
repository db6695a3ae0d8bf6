# Everything a newcomer needs; `make` alone lists it. Each target makes the virtual environment it needs.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
export TOKENIZERS_PARALLELISM = false
export OMP_WAIT_POLICY = PASSIVE

help:  ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: .venv/installed  ## the package and its dependencies, in .venv

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -c constraints.txt torch
	$(BIN)/pip install --quiet -c constraints.txt -e .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev,bench,scale]'
	touch $@

demo: .venv/installed  ## draw, fit and serve the demo shop (PORT=8000)
	$(BIN)/tastemaker demo demo-shop --port $(PORT)

test: .venv/installed-dev  ## the tests, a quarter of an hour
	$(BIN)/python -m pytest

test-slow: .venv/installed-dev  ## the tests that take minutes: killed processes, long fits
	$(BIN)/python -m pytest -m slow

bench: .venv/installed-dev  ## every claim, measured; results in benchmarks/results
	for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

lint: .venv/installed-dev  ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/installed-dev  ## regenerate docs/reference, build the site into build/site
	$(BIN)/python docs/generate.py
	$(BIN)/mkdocs build --strict

.PHONY: help install demo test test-slow bench lint docs
