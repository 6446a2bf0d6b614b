# The house from outside: `make demo` to try it, `make test` to check it. `make help` lists everything.
# It needs python3.11 with venv and pip, make and git, and nothing else.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check bench fuzz pictures lock clean chromium

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp ## starts portal, operator's site, worker and database with invented data
	@exec $(BIN)/zuzahlung demo --with-parent $(DEMO)

test: $(VENV)/dev.stamp chromium ## runs everything: lint, types, contracts, unit, stories, browser
	@$(MAKE) --no-print-directory static-checks
	$(BIN)/python -m pytest -n logical --dist loadfile

check: $(VENV)/dev.stamp ## runs lint, types, contracts and the quick tests, in under a minute (for pre-commit)
	@$(MAKE) --no-print-directory static-checks
	$(BIN)/python -m pytest -q -n logical --dist loadfile --hypothesis-profile=quick \
	  -m "not (story or database or browser or official or thorough)"

.PHONY: static-checks
static-checks:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

bench: $(VENV)/dev.stamp ## measures speed and memory against the same SQL in a bare driver
	$(BIN)/python -m tests.bench $(BENCH)

fuzz: $(VENV)/dev.stamp ## ten minutes of made-up bytes against reading, checking and converting of files
	$(BIN)/python -m tests.fuzz $(FUZZ)

pictures: $(VENV)/dev.stamp chromium ## writes a picture of every page to pictures/; with ONLY=help those of the help, ONLY=docs of docs/
	$(BIN)/python -m tests.pictures $(ONLY)

lock: $(VENV)/dev.stamp ## writes the locked requirements anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --extra build pyproject.toml --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --extra build --extra dev pyproject.toml --output-file requirements/dev.txt

clean: ## removes the virtual environment and all caches; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist pictures
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -e var ]; then echo "var/ bleibt: darin liegen die Daten. Wer sie nicht mehr braucht: rm -r var"; fi

$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Es fehlt $(PYTHON). Unter Debian 12: apt install python3.11 python3.11-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Es fehlt das Modul venv zu $(PYTHON). Unter Debian 12: apt install python3.11-venv" >&2; exit 1; }
	@echo "Die Python-Umgebung $(VENV) wird angelegt …"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# The package's own file is a requirement too: what `zuzahlung` is called there is made by installing it.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/python.stamp
	@echo "Die Pakete werden geladen (einmalig, etwa 100 MB) …"
	@$(PIP) install --require-hashes --requirement requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Die Werkzeuge zum Prüfen werden geladen (einmalig, etwa 110 MB) …"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

# Stories run in a real browser: Debian's, installed where we may, else the one on the path.
chromium:
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || { \
	  echo "Der Browser chromium wird installiert …"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	} >/dev/null || true
	@command -v chromium >/dev/null || { \
	  echo "Es fehlt der Browser chromium. Unter Debian 12: apt install chromium" >&2; exit 1; }
