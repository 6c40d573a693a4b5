# make quickstart · make test · make check · make bench · make slow
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: quickstart test slow check format lint types bench picture

quickstart: .venv/.installed
	$(BIN)/gnomon quickstart

test: .venv/.installed .venv/.browser .venv/.sandbox .venv/.database .venv/.renderer
	$(BIN)/python -m pytest -n 2 --dist=loadgroup

slow: .venv/.installed
	$(BIN)/python -m pytest -m slow

bench: .venv/.installed
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 $(BIN)/python -m pytest -m perf tests/perf -s # as workers run

check: lint types test

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed
	$(BIN)/python tests/check_types.py

picture: .venv/.browser
	$(BIN)/python docs/make_picture.py

.venv/.installed: pyproject.toml constraints.txt
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt torch # first: a plain torch of another package's would be taken instead
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[all]'
	touch $@

.venv/.sandbox: .venv/.installed
	command -v bwrap >/dev/null || (apt-get update -qq && apt-get install -y -qq bubblewrap) || echo "No bubblewrap: the sandbox tests will be skipped."
	touch $@

.venv/.database: .venv/.installed
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || (apt-get update -qq && apt-get install -y -qq postgresql) || echo "No PostgreSQL: the tests of the server with it will be skipped."
	touch $@

.venv/.renderer: .venv/.installed
	ldconfig -p | grep -q libEGL_mesa || (apt-get update -qq && apt-get install -y -qq libegl1 libegl-mesa0 libgl1-mesa-dri) || echo "No EGL: the tests of pictures from a simulator will be skipped."
	touch $@

.venv/.browser: .venv/.installed
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium) || echo "No Chromium: the browser tests will be skipped."
	touch $@
