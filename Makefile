# Everything a newcomer runs. The set-up happens once; a change of the lock file or of pyproject.toml repeats it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: install develop study history test test-slow bench

install: .venv/installed

develop: .venv/developed

study: .venv/installed
	dvc repro
	@fieldlink results

history: .venv/installed
	fieldlink history $(if $(REVISIONS),--revisions $(REVISIONS))

test: .venv/developed
	python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: .venv/developed
	python -m pytest -m slow

bench: .venv/developed
	python -m pytest tests/benchmarks

.venv/installed: requirements.lock pyproject.toml
	@echo "1/3 creating the virtual environment .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@echo "2/3 installing the packages of requirements.lock, 6 GB: 2 to 4 minutes"
	@.venv/bin/pip install --quiet --requirement requirements.lock
	@echo "3/3 installing fieldlink"
	@.venv/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "installed: make study runs the study, .venv/bin/fieldlink --help lists the commands"

# tests, tools, and what only ControlNet and Ray need: a study whose environment lacks them starts its stages faster
.venv/developed: .venv/installed requirements-dev.lock
	@echo "installing what tests and developers need, 1 GB"
	@.venv/bin/pip install --quiet --requirement requirements-dev.lock
	@touch $@
