# Needs make and a python3 of 3.11 or newer; everything else goes into .venv, nothing into your home directory.
#
#   make demo         the screen on a simulated internet (SCENARIO=name; without a terminal: its report)
#   make test         layers and the quick tests, against the built wheel (PYTEST_ARGS="-k engine")
#   make check        what CI runs: format, lint, types, layers, spelling, dependencies, all tests, a minute of fuzz
#                     (on Python 3.12 or newer with the floor of coverage; elsewhere: make quick
#                     COVERAGE="--cov --cov-report=")
#   make fuzz         a minute of changed packets and documents against all that reads them (SECONDS=3600 for an
#                     hour, FUZZ_ARGS="raw --seed 7" for a part, and to repeat)
#   make bench        the table of budgets, peers side by side (BENCH_ARGS="--quick"; BENCH_ARGS=--write writes
#                     docs/benchmarks.md)
#   make screenshots  the pictures of the demo in screenshots/
#   make case         the pictures and the report of docs/case-2019.md
#   make dist         the wheel and the source archive, in dist/
#   make lock         the newest versions that pyproject.toml allows, with hashes, into requirements-dev.txt
#   make clean        remove what the above made
#
# With LOCKED=1, in a fresh clone, exactly the versions of requirements-dev.txt are installed; CI does that.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export PIP_CACHE_DIR
SCENARIO ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
SECONDS ?= 60
FUZZ_ARGS ?=
LOCKED ?=

# Folders are listed too: their time changes when a file is added or removed.
SOURCES := $(shell find tracetui -name __pycache__ -prune -o -print) pyproject.toml docs/tracetui.1 README.md LICENSE
BUILD_REQUIRES := $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
INSTALL_LOCKED := $(PIP) install --require-hashes -r requirements-dev.txt
LINTED := tracetui tests benchmarks fuzz screenshots

.PHONY: demo test check static layers quick slow fuzz bench screenshots case dist lock format clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/tracetui demo $(SCENARIO); \
	else $(BIN)/tracetui demo --headless --rounds 12 $(SCENARIO) || [ $$? = 1 ]; fi  # 1: not all is reached, as it should be

# PYTHONSAFEPATH keeps the source tree off the module path: the tests see the installed wheel only.
PYTEST = PYTHONSAFEPATH=1 TRACETUI_INSTALLED=1 $(BIN)/pytest -n auto --dist worksteal -rs
COVERAGE :=

test: layers quick
	@echo "left out: the tests marked slow (findings under chance, real terminals, all ways through the screen);" \
		"make slow runs them, make check runs all"

# Python 3.12 counts lines for next to nothing. Before, counting doubles what the quick tests cost: only on demand there.
check: COVERAGE = $(shell $(BIN)/python -c 'import sys; sys.version_info < (3, 12) or print("--cov --cov-report=")')
check: static layers quick slow fuzz

quick: $(VENV)/.installed $(VENV)/.group-test
	$(PYTEST) -m "not slow" $(COVERAGE) $(PYTEST_ARGS)

slow: $(VENV)/.installed $(VENV)/.group-test
	$(PYTEST) -m slow $(PYTEST_ARGS)

layers: $(VENV)/.installed $(VENV)/.group-test
	$(BIN)/lint-imports

static: $(VENV)/.installed $(VENV)/.group-test $(VENV)/.group-check
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/ruff check $(LINTED)
	$(BIN)/mypy
	$(BIN)/codespell $(LINTED) docs .ci Makefile *.md pyproject.toml
	$(BIN)/deptry .
	if command -v shellcheck >/dev/null; then shellcheck .ci/run; fi

format: $(VENV)/.group-check
	$(BIN)/ruff format $(LINTED)
	$(BIN)/ruff check --fix $(LINTED)

fuzz: $(VENV)/.installed $(VENV)/.group-test
	$(BIN)/python fuzz/run.py --seconds $(SECONDS) $(FUZZ_ARGS)

bench: $(VENV)/.installed
	$(BIN)/python benchmarks $(BENCH_ARGS)

screenshots: $(VENV)/.installed
	$(BIN)/python screenshots/make.py

case: $(VENV)/.installed
	$(BIN)/python screenshots/case_2019.py

dist: $(VENV)/.installed
	$(BIN)/hatchling build --target sdist --directory dist
	@ls dist/*.whl

# uv resolves for every Python from 3.11 at once, and writes hashes without the address of an index.
lock: | $(VENV)/.made
	@$(PIP) install 'uv>=0.9,<1'
	@$(BUILD_REQUIRES) | UV_CACHE_DIR=$(PIP_CACHE_DIR)/../uv $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' --group test --group check \
		--output-file requirements-dev.txt pyproject.toml -

clean:
	rm -rf $(VENV) .venv-* .cache dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian keeps a part of the venv module in python3-venv; without it, virtualenv or the system's pip may be there.
$(VENV)/.made:
	@python=; for each in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		found=$$($(or $(PYTHON),python3) --version 2>/dev/null || echo none); \
		echo "make: needs python3 of 3.11 or newer, found: $$found; name another with make PYTHON=..." >&2; exit 1; \
	fi; \
	echo "making $(VENV) with $$($$python --version)"; \
	$$python -m venv --clear $(VENV) >/dev/null 2>&1 \
	|| $$python -m virtualenv --quiet --clear $(VENV) 2>/dev/null \
	|| { $$python -m venv --clear --without-pip $(VENV) && $$python -m pip --python $(BIN)/python install pip; } >/dev/null 2>&1 \
	|| { rm -rf $(VENV); \
		echo "make: $$python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) install 'pip>=25.1'  # the first with --group
	@touch $@

# The wheel is built by the backend itself, in this environment: a second instead of an isolated build's ten.
$(VENV)/.backend: pyproject.toml | $(VENV)/.made
	@$(if $(LOCKED),$(INSTALL_LOCKED),$(BUILD_REQUIRES) | xargs $(PIP) install)
	@touch $@

$(VENV)/.installed: $(SOURCES) $(VENV)/.backend
	@echo "building tracetui and installing the wheel into $(VENV)"
	@rm -rf dist
	@$(BIN)/hatchling build --target wheel --directory dist >/dev/null
	@$(PIP) install dist/*.whl
	@$(PIP) install --force-reinstall --no-deps dist/*.whl
	@touch $@

$(VENV)/.group-%: pyproject.toml | $(VENV)/.made
	@echo "installing what make $* needs into $(VENV)"
	@$(if $(LOCKED),$(INSTALL_LOCKED),$(PIP) install --group $*)
	@touch $@
