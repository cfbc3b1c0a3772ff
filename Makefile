# Two commands: `make run` and `make test`. Each makes its own environment from the hash-locked lists.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# Python compiles what is used, when it is first used; most of what is installed never is.
INSTALL := $(PIP) install --quiet --no-compile --no-deps

# Tests start hundreds of processes: each would compile all sources anew where this is set.
unexport PYTHONDONTWRITEBYTECODE

# Tests wait often (for servers, killed processes, leases to end): one more at once keeps processors busy.
export PYTEST_XDIST_AUTO_NUM_WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

.DEFAULT_GOAL := help
.PHONY: help run test check bench sbom fuzz lock clean

help:
	@echo "make run    install what is needed, load the plan and sample data, serve the site"
	@echo "make test   install what is needed, run the whole test suite"
	@echo "make check  lint, formatting, types, import contracts, translations, packs, known flaws and licences of packages"
	@echo "make bench  print the tables of benchmarks/"
	@echo "make sbom   write the bill of materials (CycloneDX) to var/sbom.json"
	@echo "make fuzz   fuzz the readers of files and the API, for minutes"
	@echo "make lock   renew requirements/*.lock from pyproject.toml"

run: $(VENV)/.run
	@$(BIN)/tinhso run

# What writes to the site's database. The rest reads the lake, files or memory (as what was published
# does, once test_publishing has shown that it is written): the same on any database.
ON_BOTH := tests/kernel/cases tests/kernel/files tests/kernel/ledger tests/kernel/notices tests/kernel/people \
  tests/kernel/units/test_units_database.py tests/modules/plan/test_publishing.py \
  tests/modules/tasks/test_task_acts.py tests/web/operations tests/modules/scorecards/test_rounds.py \
  tests/modules/documents/test_making.py tests/web/test_api.py \
  tests/web/test_fuzz_api.py tests/web/test_matrix.py tests/modules/urging tests/modules/shares/test_giving.py \
  tests/modules/shares/test_own_plans.py tests/modules/shares/test_own_plan_workbook.py

# On SQLite always; what touches the site's database again on PostgreSQL, where a server is named.
test: $(VENV)/.dev
	@env -u TINHSO_TEST_DATABASE_URL $(BIN)/python -m pytest $(ARGS)
	@if [ -n "$$TINHSO_TEST_DATABASE_URL" ]; then \
	  $(BIN)/python -m pytest $(ON_BOTH) $(ARGS); \
	else echo "*** PostgreSQL was NOT tested: set TINHSO_TEST_DATABASE_URL to a server ***"; fi

check: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && \
	$(BIN)/python tools/messages.py --check && $(BIN)/tinhso pack check src/tinhso/packs && \
	$(BIN)/python -m tools.audit

sbom: $(VENV)/.dev
	@$(BIN)/python -m tools.sbom $(ARGS)

# ARGS="--seconds 600 xlsx" for longer, or one reader of files alone.
fuzz: $(VENV)/.dev
	@$(BIN)/python -m tools.fuzz $(ARGS)
	@FUZZ_API=long $(BIN)/python -m pytest tests/web/test_fuzz_api.py

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --group build --group fonts --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements/dev.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group fonts --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -q -c requirements/dev.lock \
	  -o requirements/run.lock
	$(BIN)/uv pip compile --group metric-layers --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements/metric-layers.txt

$(VENV)/bin/python:
	@echo "[1/3] Tạo môi trường Python · Making the Python environment"
	@$(PYTHON) -m venv $(VENV)

# Each stamp is newer than its lock exactly when that lock has been installed whole.
$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	@echo "[2/3] Cài các gói đã khóa mã băm · Installing hash-locked packages"
	@$(INSTALL) --require-hashes -r requirements/run.lock
	@echo "[3/3] Cài Tỉnh Số · Installing Tỉnh Số"
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	@echo "[+] Cài công cụ kiểm thử · Installing test tools"
	@$(INSTALL) --no-build-isolation --require-hashes -r requirements/dev.lock
	@touch $@

clean:
	rm -rf $(VENV) var
