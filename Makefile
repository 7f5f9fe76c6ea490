# Framewire: two commands on a fresh machine, `make demo` and `make test`. `make help` lists all targets.

TAGS   := opencv,gocv_specific_modules,gocv_highgui,gocv_videoio
TOOL   := go tool -modfile=tools.mod
NATIVE := CGO_ENABLED=1 go
PLAIN  := CGO_ENABLED=0 go
PKGS   ?= ./...
VM     ?= $(wildcard ../shared/lab/vm)
SOAK   ?= 1h

.DEFAULT_GOAL := help
.PHONY: bin/marker help deps build plain demo test test-plain test-native test-hardware lint docs check-docs bench bench-check bench-smoke microbench fuzz soak clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install what building needs (apt-get on Debian and Ubuntu; elsewhere it says what to install)
	@.ci/deps build

build: deps ## build bin/framewire with camera, video files and window (OpenCV)
	@$(NATIVE) build -trimpath -tags $(TAGS) -o bin/framewire ./cmd/framewire

plain: ## build bin/framewire-plain with nothing but Go: test pattern, photos, JPEG clips, network, recording
	@$(PLAIN) build -trimpath -o bin/framewire-plain ./cmd/framewire

demo: build ## send live frames from one process to another, record and photograph them into ./demo-out
	@bin/framewire demo

test: ## install what is missing and run the whole test suite, both builds
	@.ci/deps test
	@$(MAKE) --no-print-directory bench-smoke test-plain test-native

test-plain:
	@echo "== tests without OpenCV (CGO_ENABLED=0)"
	@$(PLAIN) build ./... && $(PLAIN) vet ./...
	@CGO_ENABLED=0 $(TOOL) gotestsum --format pkgname-and-test-fails --hide-summary skipped -- -timeout 10m $(PKGS)

test-native:
	@echo "== tests with OpenCV, race detector on"
	@$(NATIVE) vet -tags $(TAGS) ./...
	@CGO_ENABLED=1 $(TOOL) gotestsum --format pkgname-and-test-fails --hide-summary skipped -- -race -timeout 15m -tags $(TAGS) $(PKGS)

test-hardware: deps ## camera tests on real V4L2 devices, UDP through netem, in a virtual machine (VM=command that runs one)
	@FRAMEWIRE_VM="$(VM)" FRAMEWIRE_TAGS=$(TAGS) .ci/hardware

lint: ## gofmt, vet and staticcheck over both builds, and the staleness of generated files (LONG=1: bench-check too)
	@test -z "$$(gofmt -l .)" || { gofmt -l . | sed 's/^/not gofmt-ed: /'; exit 1; }
	@go mod tidy -diff >/dev/null || { echo "go.mod is not tidy: run go mod tidy"; exit 1; }
	@$(PLAIN) vet ./... && CGO_ENABLED=0 $(TOOL) staticcheck ./...
	@$(NATIVE) vet -tags $(TAGS),hardware,soak ./... && $(TOOL) staticcheck -tags $(TAGS) ./...
	@$(MAKE) --no-print-directory check-docs
	@test -z "$(LONG)" || $(MAKE) --no-print-directory bench-check

bench-check: ## count instructions and allocations of the hot paths; more than recorded by 10% fails (UPDATE=1 records anew)
	@.ci/deps check
	@go run ./bench/check -tags $(TAGS) $(if $(UPDATE),-update)

docs: ## write docs/plugins.md and docs/framewire.schema.json anew
	@$(PLAIN) run ./cmd/framewire docs plugins >docs/plugins.md
	@$(PLAIN) run ./cmd/framewire docs schema >docs/framewire.schema.json

check-docs:
	@for name in plugins.md framewire.schema.json; do \
	  part=$${name#framewire.}; part=$${part%.*}; \
	  $(PLAIN) run ./cmd/framewire docs $$part | cmp -s - docs/$$name || { echo "docs/$$name is stale: run make docs"; exit 1; }; \
	done

bin/marker: deps
	@$(NATIVE) build -trimpath -tags $(TAGS) -o $@ ./bench/marker

bench: build plain bin/marker ## measure beside ffmpeg, GStreamer, iperf3, ZeroMQ and the usual Python script, for docs/benchmarks.md (BENCH=--quick: a look, not written)
	@.ci/deps bench
	@bench/bench.py $(or $(BENCH),--write)

bench-smoke: build plain bin/marker ## the benchmarks' own tests, and every row with few frames and nobody beside it
	@cd bench && /usr/bin/python3 -m unittest discover -q -s tests -t .
	@bench/bench.py --smoke

microbench: deps ## Go benchmarks of every stage and of the whole chain, with allocations
	@$(NATIVE) test -run '^$$' -bench . -benchmem -tags $(TAGS) $(PKGS)

fuzz: ## run every fuzz target for FUZZTIME (default 10s)
	@.ci/fuzz

soak: deps ## long trials that are not in CI: SOAK (default 1h) of stream, receivers that come and go, bad links, kills
	@SOAK=$(SOAK) $(NATIVE) test -count=1 -v -timeout 0 -tags $(TAGS),soak ./transports/soak ./sinks/file ./cmd/framewire

clean: ## remove what was built and what the demo left
	@rm -rf bin demo-out
