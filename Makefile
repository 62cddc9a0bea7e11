# `make run` is all a newcomer needs; README.md says what each target does.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The warehouse the targets work on.
DATA ?= data
export MEMBER_WAREHOUSE_HOME := $(abspath $(DATA))

# The stamp's name holds the lock's checksum: a changed lock installs again, an equal one never.
KEY := $(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
STAMP := $(VENV)/.installed-$(KEY)
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# The BI server has an environment of its own, made when it is first wanted.
BI := .venv-bi
BI_KEY := $(shell cat dashboards/superset/*.txt | cksum | cut -d' ' -f1)
BI_STAMP := $(BI)/.installed-$(BI_KEY)
PORT ?= 8088

# The first Python that is new enough, as $$python of the same shell command.
define FIND_PYTHON
python=""; \
for name in $(CANDIDATES); do \
    if $$name -c '$(NEW_ENOUGH)' 2>/dev/null; then python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
    echo "No Python 3.11 or newer with venv found (tried: $(CANDIDATES))." >&2; \
    echo "Install one, for example: apt-get install python3.11 python3.11-venv" >&2; \
    exit 1; \
fi
endef

.PHONY: setup run test check dev dashboard bi lint bench faults clean
.DEFAULT_GOAL := run

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(FIND_PYTHON); \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	    --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --no-build-isolation --editable .
	@# pip compiles what it installs; the package itself is compiled here, so that the first run
	@# is as fast as the others even where PYTHONDONTWRITEBYTECODE is set.
	@$(BIN)/python -m compileall -q dagster_project
	@rm -f $(VENV)/.installed-* && touch $@

run: setup
	@if [ ! -d "$(DATA)/landing" ]; then \
	    rm -rf "$(DATA)/.landing-new"; \
	    $(BIN)/member-warehouse sample "$(DATA)/.landing-new" \
	        && mv "$(DATA)/.landing-new" "$(DATA)/landing"; \
	fi
	$(BIN)/member-warehouse run

test: setup
	$(BIN)/python -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder

check: lint
	$(BIN)/python -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder -m "not slow"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 2 dbt/models

dev: setup
	@$(BIN)/python -c "from dagster_project.build.instance import prepare_instance; \
	from dagster_project.settings import home_from_environment; \
	prepare_instance(home_from_environment())"
	DAGSTER_HOME="$(MEMBER_WAREHOUSE_HOME)/dagster" \
	    $(BIN)/dagster dev --host 127.0.0.1 --module-name dagster_project.definitions

dashboard: setup
	$(BIN)/member-warehouse report --serve --open

bi: $(BI_STAMP)
	$(BI)/bin/python dashboards/superset/serve.py "$(DATA)" --port $(PORT)

$(BI_STAMP): dashboards/superset/requirements.txt dashboards/superset/constraints.txt
	@$(FIND_PYTHON); \
	[ -x $(BI)/bin/python ] || $$python -m venv $(BI)
	$(BI)/bin/python -m pip install --quiet --disable-pip-version-check \
	    --constraint dashboards/superset/constraints.txt \
	    --requirement dashboards/superset/requirements.txt
	@rm -f $(BI)/.installed-* && touch $@

bench: setup
	$(BIN)/python -m benchmarks.pipeline

faults: setup
	$(BIN)/python -m tests.faults

clean:
	rm -rf $(VENV) $(BI) *.egg-info dbt/target dbt/logs .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
