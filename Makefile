# Everything a newcomer runs. The set-up happens once; a change of the lock file or of pyproject.toml repeats it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: install develop study history test bench

install: .venv/installed

develop: .venv/developed

study: .venv/installed
	dvc repro

history: .venv/installed
	python -m fieldlink.commands.history $(if $(REVISIONS),--revisions $(REVISIONS))

test: .venv/developed
	python -m pytest -n 2 --dist loadfile

bench: .venv/developed
	python -m pytest tests/benchmarks

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --requirement requirements.lock
	.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# tests, tools, and what only ControlNet and Ray need: a study whose environment lacks them starts its stages faster
.venv/developed: .venv/installed requirements-dev.lock
	.venv/bin/pip install --quiet --requirement requirements-dev.lock
	touch $@
