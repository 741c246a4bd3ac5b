# make test   everything that must pass: both engines, browser, golden files
# make build  the one binary, ./tongban
# make bench  measurements, ratios in one run
# make docs   golden documents written anew; look at the difference
# make fmt    the source in its one form

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

GO ?= go
ENV := $(GO) run ./test/env
# The product needs no C compiler, and its tests build it the same way.
export CGO_ENABLED := 0

.PHONY: test check build bench fmt docs clean steps step-build step-format step-vet step-staticcheck step-arrows step-go step-outside

test check:
	@$(ENV) -- $(MAKE) --no-print-directory steps

# The quick looks come first. One step runs at a time, whatever -j says: two
# cores are all that the tests count on.
.NOTPARALLEL:
steps: step-build step-format step-vet step-staticcheck step-arrows step-go step-outside
	@echo "everything passed"

step-build:
	@echo "== build"
	@$(GO) build ./...

step-format:
	@echo "== format"
	@bad=$$(gofmt -l $(FOLDERS)); if [ -n "$$bad" ]; then echo "not in gofmt's form (make fmt):"; echo "$$bad"; exit 1; fi

step-vet:
	@echo "== vet"
	@$(GO) vet ./...

step-staticcheck:
	@echo "== staticcheck"
	@$(GO) tool -modfile=tools.mod staticcheck ./...

step-arrows:
	@echo "== arrows"
	@$(GO) test ./internal/arch

# Rooms, on both engines; then the real binary from outside, by itself, since
# it watches the clock.
step-go:
	@echo "== rooms, both engines"
	@$(GO) test -p 2 -timeout 15m $$($(GO) list ./... | grep -v '/test\(/\|$$\)')

step-outside:
	@echo "== the real binary from outside, browser"
	@$(GO) test -p 1 -timeout 20m ./test/...

build:
	$(GO) build -trimpath -o tongban ./cmd/tongban

bench:
	@$(ENV) -durable -- $(GO) run ./bench $(ARGS)

fmt:
	@gofmt -w $(FOLDERS)

# Every package whose tests know -update writes its golden files anew.
docs:
	@dirs=$$(grep -rl --include='*_test.go' --exclude-dir=node_modules 'flag.Bool("update"' $(FOLDERS) | xargs -r -n1 dirname | sort -u | sed 's,^,./,'); \
	if [ -z "$$dirs" ]; then echo "no package has golden files"; exit 1; fi; \
	$(ENV) -- $(GO) test -p 2 $$dirs -update
	@git status --short

clean:
	rm -f tongban

# The folders that hold Go source.
FOLDERS := $(wildcard bench cmd internal sample test)
