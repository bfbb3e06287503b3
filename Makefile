# `make help` lists the targets. Everything a target needs it installs itself, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: help setup run test test-long lint format translations screenshots bench frozen notices package test-packages test-installer judge backend-template deploy-emulated deploy undeploy lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## prepare .venv with the command chatlog-uploader, and the system packages it needs
	@PYTHON="$(PYTHON)" bash tools/setup.sh

run: setup ## open the window; without a display, do the main job through the command line, on the sandbox
	@bash tools/run.sh

test: setup ## the tests (a few minutes)
	@$(RUN)/python -m pytest -q -n 2 --dist loadgroup -m "not long and not stack"

test-long: frozen ## the tests that take long, the frozen program's among them
	@$(RUN)/python -m pytest -q -m long --timeout 3600

lint: setup ## ruff, mypy strict for all systems; actionlint and zizmor on the workflows
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@bash tools/lint-types.sh $(RUN)/python
	@bash tools/lint-workflows.sh

format: setup ## let ruff format and mend what it can
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .

translations: setup ## bring resources/i18n up to date with the code and compile it
	@$(RUN)/python tools/translations.py update
	@$(RUN)/python tools/translations.py release

screenshots: setup ## pictures of every page: build/screenshots, and the README's in docs/images
	@bash tools/screenshots.sh

bench: setup ## measure; fails where the presign function misses its goals
	@$(RUN)/python -m benchmarks

frozen: setup ## freeze the program into dist/chatlog-uploader
	@bash tools/package.sh

notices: frozen ## freeze, and list what is inside: build/sbom.cdx.json and build/THIRD-PARTY-NOTICES.txt
	@ls -lh build/sbom.cdx.json build/THIRD-PARTY-NOTICES.txt | awk '{ print $$5, $$9 }'

package: frozen ## make the packages: dist/*.deb, dist/*.run (installs for one person) and their SHA256SUMS
	@bash tools/package-linux.sh

test-packages: package ## install both packages on a bare Debian (a chroot; needs root), use and remove them
	@bash tools/package-test.sh

test-installer: setup ## make the installer for Windows with a stand-in inside, and run it under Wine
	@bash tools/installer-test.sh

judge: setup ## package the stack; cfn-lint, checkov and our tests judge the template
	@bash tools/judge.sh

backend-template: setup ## write the template that ships with the program from backend/serverless.yml
	@bash tools/backend-template.sh

deploy-emulated: setup ## deploy the stack to an emulator of AWS on this computer, and test it
	@bash tools/deploy-emulated.sh

deploy: setup ## deploy the stack to AWS: make deploy STAGE=dev OPTIONS="--param mode=team"
	@bash tools/deploy.sh deploy "$(STAGE)" $(OPTIONS)

undeploy: setup ## remove the stack from AWS, without the bucket and its key: make undeploy STAGE=dev
	@bash tools/deploy.sh remove "$(STAGE)" $(OPTIONS)

lock: setup ## renew the lock files from pyproject.toml (hashes, no addresses)
	@bash tools/lock.sh

clean: ## remove what the other targets made, the sandbox and your settings excepted
	@rm -rf $(VENV) build dist backend/node_modules tools/workflow-lint/node_modules backend/.serverless .pytest_cache .mypy_cache .ruff_cache .hypothesis
