# What is done again and again; `make` alone lists it. PYTHON names another environment than .venv.
PYTHON ?= .venv/bin/python

.PHONY: help install lint test quick coverage docs pictures programs
help:  ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

install:  ## the environment for development
	python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'

lint:  ## style and types
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

test:  ## all tests but the slow proofs
	$(PYTHON) -m pytest

quick:  ## the quick tests, under a minute
	$(PYTHON) -m pytest -m quick

coverage:  ## which lines the tests do not reach
	$(PYTHON) -m pytest --cov --cov-report=term

docs:  ## what is made from the source: plans, Word templates, the list of faults
	$(PYTHON) tools/make_plan_workbooks.py
	$(PYTHON) tools/make_word_templates.py
	$(PYTHON) tools/make_report_template.py
	$(PYTHON) tools/make_fault_list.py

pictures:  ## docs/pictures; needs LibreOffice, Xvfb, ImageMagick and the Noto CJK fonts
	$(PYTHON) tools/make_pictures.py
	$(PYTHON) tools/make_window_pictures.py

programs:  ## both programs for users, built and tried; needs Wine
	packaging/check
