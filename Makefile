# Everything a newcomer runs. The set-up happens once; a change of the lock file or of pyproject.toml repeats it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: install develop study history test test-slow browser pages bench

install: .venv/installed

develop: .venv/developed

study: .venv/installed
	dvc repro
	@fieldlink results

history: .venv/installed
	fieldlink history $(if $(REVISIONS),--revisions $(REVISIONS))

test: .venv/developed pages
	python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: .venv/developed
	python -m pytest -m slow

# the tests of pages alone, which fail without Chromium and axe-core, where `make test` skips them: docs/explorer.md
browser: .venv/developed pages
	FIELDLINK_BROWSER=required python -m pytest -m "not slow" tests/explorer tests/end_to_end/test_page.py

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

# for the tests of pages: root may install Debian's Chromium; without it or a network they are skipped, with the reason
pages: .venv/developed
	@if ! PYTHONPATH=tests python -c "import chromium, sys; sys.exit(not chromium.executable())" \
			&& command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing Debian's Chromium, 1 minute"; \
		(apt-get update && apt-get install --yes --no-install-recommends chromium) > .venv/chromium.log 2>&1 \
			|| echo "Chromium isn't installed, see .venv/chromium.log: tests in a browser are skipped"; fi
	@if [ ! -e node_modules/axe-core ] && command -v npm > /dev/null; then \
		npm install --no-save --silent axe-core@4 || echo "axe-core isn't installed: its tests are skipped"; fi
