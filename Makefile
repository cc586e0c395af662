# SPDX-License-Identifier: Apache-2.0
#
# make demo     install what is missing, build, run the daemon with three simulated hosts
# make test     install what the tests need, run them
# make bench    measure, and compare with ConMan on the same simulator
# make install  into DESTDIR and PREFIX
# make format / make lint

PREFIX ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= /etc
UNITDIR ?= /lib/systemd/system
SYSUSERSDIR ?= /usr/lib/sysusers.d
SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

BUILD_PACKAGES := libssh-dev libssl-dev libzstd-dev zlib1g-dev libcrypt-dev pkg-config
TEST_PACKAGES := $(BUILD_PACKAGES) openssh-client openipmi ipmitool freeipmi-tools ipmiutil conman socat expect sshpass mandoc
BENCH_PACKAGES := $(BUILD_PACKAGES) openssh-client conman
SOURCES := Package.swift Sources Tests

.PHONY: all build release demo test bench install format lint clean deps-build deps-test deps-bench

all: build

deps-build:
	@conf/install-packages $(BUILD_PACKAGES)

deps-test:
	@conf/install-packages $(TEST_PACKAGES)

deps-bench:
	@conf/install-packages $(BENCH_PACKAGES)

build: deps-build
	$(SWIFT) build

# With the Swift run-time libraries linked in, so that no toolchain is needed where the programs run.
STATIC := -c release --static-swift-stdlib --scratch-path .build-static

release: deps-build
	$(SWIFT) build $(STATIC) --product heliographd
	$(SWIFT) build $(STATIC) --product helio
	$(SWIFT) build $(STATIC) --product heliograph-bmcsim

demo: deps-build
	$(SWIFT) build --product heliographd
	$(SWIFT) build --product helio
	$(SWIFT) build --product heliograph-bmcsim
	@conf/demo "$$($(SWIFT) build --show-bin-path)"

test: deps-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

bench: deps-bench
	$(SWIFT) build -c release --product heliographd
	$(SWIFT) build -c release --product helio
	$(SWIFT) build -c release --product heliograph-bmcsim
	$(SWIFT) build -c release --product heliograph-bench
	"$$($(SWIFT) build -c release --show-bin-path)/heliograph-bench"

install: release
	bin="$$($(SWIFT) build $(STATIC) --show-bin-path)"; \
	install -D -m 0755 "$$bin/heliographd" "$(DESTDIR)$(PREFIX)/sbin/heliographd" && \
	install -D -m 0755 "$$bin/helio" "$(DESTDIR)$(PREFIX)/bin/helio" && \
	install -D -m 0755 "$$bin/heliograph-bmcsim" "$(DESTDIR)$(PREFIX)/bin/heliograph-bmcsim"
	install -D -m 0644 conf/heliograph.yaml "$(DESTDIR)$(PREFIX)/share/doc/heliograph/heliograph.yaml"
	install -d "$(DESTDIR)$(UNITDIR)"
	sed -e 's|/usr/sbin/|$(PREFIX)/sbin/|g' -e 's|/usr/bin/|$(PREFIX)/bin/|g' conf/heliographd.service \
		>"$(DESTDIR)$(UNITDIR)/heliographd.service"
	install -D -m 0644 conf/heliograph.sysusers "$(DESTDIR)$(SYSUSERSDIR)/heliograph.conf"
	for page in man/*.[1-8]; do \
		install -D -m 0644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$(basename "$$page")" || exit 1; \
	done
	@test -e "$(DESTDIR)$(SYSCONFDIR)/heliograph/heliograph.yaml" || \
		install -D -m 0640 conf/heliograph.yaml "$(DESTDIR)$(SYSCONFDIR)/heliograph/heliograph.yaml"

format:
	$(SWIFT) format -i -r $(SOURCES)

lint:
	$(SWIFT) format lint --strict -r $(SOURCES)

clean:
	rm -rf .build .build-static
