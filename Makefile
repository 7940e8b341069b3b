# Floorhand: one file, every target. `make help` lists them.

MODE ?= release
CC   ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config

# Release programs land in build/, every other mode in build/MODE/.
OUT := build$(if $(filter-out release,$(MODE)),/$(MODE))
OBJ := build/obj/$(MODE)
GEN := build/gen

# ---------------------------------------------------------------- what has to be installed (Debian's names)

RUN_PACKAGES   := mosquitto python3 fonts-noto-cjk fonts-dejavu-core
BUILD_PACKAGES := gcc make pkg-config libc6-dev libsqlite3-dev libsystemd-dev libusb-1.0-0-dev libserialport-dev \
	libudev-dev libjansson-dev libmicrohttpd-dev libgnutls28-dev libmosquitto-dev libqrencode-dev libinih-dev libcsv-dev \
	libpq-dev libsodium-dev libpango1.0-dev libcurl4-openssl-dev libzint-dev libpng-dev libdeflate-dev \
	libssl-dev libxlsxwriter-dev
TEST_PACKAGES  := postgresql libcmocka-dev zlib1g-dev umockdev libumockdev-dev libasan8 libubsan1 chromium zbar-tools git python3-jsonschema nginx-light systemd dpkg-dev
LINT_PACKAGES  := clang clang-format clang-tidy cppcheck
RIG_PACKAGES   := qemu-system-x86 busybox-static kmod udev xz-utils e2fsprogs
BENCH_PACKAGES := cups libcups2 libcupsimage2
TRYTON_PACKAGES := tryton-server tryton-modules-stock tryton-modules-product tryton-modules-company tryton-modules-currency \
	tryton-modules-party tryton-modules-country
TRYTON_NEEDS   := postgresql gunicorn python3-bcrypt python3-dateutil python3-defusedxml python3-genshi python3-lxml python3-passlib \
	python3-pkg-resources python3-polib python3-psycopg2 python3-relatorio python3-simpleeval python3-sql python3-stdnum \
	python3-werkzeug python3-wrapt
FORECAST_PACKAGES := r-base-core r-cran-forecast
FORECAST_DATA_PACKAGES := r-cran-surveillance r-cran-bayesm r-cran-aer
FUZZ_PACKAGES  := clang libclang-rt-14-dev

# ---------------------------------------------------------------- how it is compiled

LIBRARIES := libsystemd libusb-1.0 libserialport libudev jansson libmicrohttpd gnutls libmosquitto libqrencode inih \
	libsodium pangoft2 libcurl libpq sqlite3 libpng libdeflate libssl libcrypto
# Asked once, and only where something is compiled: before `make deps` there may be no pkg-config.
library_cflags = $(eval library_cflags := $$(shell $(PKG_CONFIG) --cflags $(LIBRARIES) | sed 's/-I/-isystem /g'))$(library_cflags)
library_libs   = $(eval library_libs := $$(shell $(PKG_CONFIG) --libs $(LIBRARIES)) -lcsv -lzint -lxlsxwriter -lm)$(library_libs)

WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wformat=2 -Wundef -Wwrite-strings -Wcast-qual -Wpointer-arith -Wimplicit-fallthrough -Wold-style-definition
HARDENING := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE
HARDENED_LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack
MODE_release := -O2 $(HARDENING)
MODE_clang   := -O2 -fstack-protector-strong -fPIE
MODE_debug   := -O0 -fPIE
MODE_asan    := -O1 -Wno-format-truncation -fPIE -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
MODE_fuzz    := -O1 -fPIE -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ifneq ($(filter clang fuzz,$(MODE)),)
CC := clang
endif
ifeq ($(MODE_$(MODE)),)
$(error MODE is one of release, debug, asan, clang, fuzz)
endif

CFLAGS  ?= -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE $(MODE_$(MODE)) $(CFLAGS) $(WARNINGS) -I. -Ifirmware-daemon -I$(GEN) -pthread
ALL_LDFLAGS = $(HARDENED_LINK) $(MODE_$(MODE)) $(LDFLAGS) -Wl,--as-needed -pthread

# ---------------------------------------------------------------- programs

# Every C file outside tests/ and the four mains goes into one archive; the linker takes from it what a program uses.
MAINS := firmware-daemon/main.c firmware-daemon/tool/main.c sync/link/main.c sync/head-office/main.c
HEAD_OFFICE := sites catalogue stock orders aftersales shops books imports api marketing customers tenants buying figures improve rollout staff
ROOMS := firmware-daemon firmware-daemon/training firmware-daemon/base firmware-daemon/barcode firmware-daemon/plan firmware-daemon/store \
	firmware-daemon/floor firmware-daemon/station firmware-daemon/tool drivers drivers/scanner drivers/printer drivers/scale drivers/label \
	sync/wire sync/mqtt sync/link sync/site sync/platforms sync/head-office $(HEAD_OFFICE:%=sync/head-office/%) web ui
EMBEDS  := store_schema hq_schema cloud_schema page_files office_files keyboard_layouts device_models label_templates label_samples lesson_files
ifeq ($(MODE),fuzz)
ROOMS := $(filter-out firmware-daemon/tool sync/link,$(ROOMS)) # no target needs them
endif
SOURCES := $(filter-out $(MAINS),$(wildcard $(ROOMS:%=%/*.c)))
ARCHIVE := $(OBJ)/floorhand.a
OBJECTS := $(SOURCES:%.c=$(OBJ)/%.o) $(EMBEDS:%=$(OBJ)/gen/%.o)

PROGRAMS := $(OUT)/floorhandd $(OUT)/floorhand $(OUT)/floorhand-link $(OUT)/floorhand-hq
main_of_floorhandd      := firmware-daemon/main
main_of_floorhand       := firmware-daemon/tool/main
main_of_floorhand-link  := sync/link/main
main_of_floorhand-hq    := sync/head-office/main

# Files carried inside the programs (base/embed.h): a set, its folder(s), its files.
NODE_MODULES := ui/node_modules/.ready
store_schema_files     := $(sort $(wildcard firmware-daemon/store/schema/*.sql))
cloud_schema_files     := $(sort $(wildcard sync/head-office/tenants/schema/*.sql))
hq_schema_files        := $(sort $(wildcard sync/head-office/schema/*.sql))
keyboard_layouts_files := $(sort $(wildcard drivers/layouts/*.tsv))
device_models_files    := $(sort $(wildcard drivers/models/*.model))
label_templates_files  := $(sort $(wildcard drivers/label/templates/*.label))
label_samples_files    := $(sort $(wildcard drivers/label/samples/*.json))
lesson_files_files     := $(sort $(wildcard firmware-daemon/training/lessons/*.lesson))
page_modules           := $(sort $(wildcard ui/common/*)) ui/node_modules/preact/dist/preact.module.js \
	ui/node_modules/preact/hooks/dist/hooks.module.js ui/node_modules/htm/dist/htm.module.js \
	ui/node_modules/@preact/signals-core/dist/signals-core.module.js \
	ui/node_modules/@preact/signals/dist/signals.module.js
page_files_files       := $(sort $(wildcard ui/pages/* ui/supervisor/*)) $(page_modules)
office_files_files     := $(sort $(wildcard ui/office/*)) $(page_modules) \
	ui/node_modules/uplot/dist/uPlot.iife.min.js ui/node_modules/uplot/dist/uPlot.min.css

# What the pages are made of, once more in the form in which it is sent to a browser that takes it so ("x.js.gz").
compressed              = $(patsubst %,$(GEN)/gz/%.gz,$(filter %.js %.css %.html %.svg,$(1)))
page_files_files        += $(call compressed,$(page_files_files))
office_files_files      += $(call compressed,$(office_files_files))

# A build shows the output of each file in one piece; what runs for long shows it as it comes.
LONG_RUNNING := run test test-postgres scripts sim sim-sync sim-fleet sim-sensitivity crew crash press soak bench bench-forecast rig rig-powercut fault lint fuzz test-deb screenshots looks labels
# One short line a step; V=1 shows the commands.
say = $(if $(V),,@echo '  $(1)	$@';)
MAKEFLAGS += $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc)) --no-print-directory $(if $(filter $(LONG_RUNNING),$(MAKECMDGOALS)),,--output-sync=target)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: test-postgres scripts all help deps deps-build deps-test deps-lint deps-rig deps-bench deps-bench-tryton deps-bench-forecast deps-fuzz run test sim sim-sync sim-fleet sim-sensitivity crew crash press soak bench bench-forecast rig rig-powercut fault fuzz docs lint format clang clean install deb deps-deb test-deb print-flags screenshots looks labels

all: deps-build ## build the four programs into build/
	@$(MAKE) $(if $(V),,-s) programs

.PHONY: programs
programs: $(PROGRAMS)

$(PROGRAMS): $(OUT)/%: $(ARCHIVE)
$(OUT)/floorhandd: $(OBJ)/firmware-daemon/main.o
$(OUT)/floorhand: $(OBJ)/firmware-daemon/tool/main.o
$(OUT)/floorhand-link: $(OBJ)/sync/link/main.o
$(OUT)/floorhand-hq: $(OBJ)/sync/head-office/main.o
$(PROGRAMS):
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(OBJ)/$(main_of_$(@F)).o $(ARCHIVE) $(library_libs)

$(ARCHIVE): $(OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,archive)ar rcsT $@ $(OBJECTS)

# Objects are made anew when the words they are compiled with change, not whenever this file does. Those of before there
# was a stamp are believed.
FLAGS := $(OBJ)/flags
.PHONY: always
$(FLAGS): always
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(library_cflags)' >$@.new; if cmp -s $@.new $@; then rm $@.new; else \
	[ -e $@ ] || touch -d 1970-01-02 $@.new; mv $@.new $@; fi

$(OBJ)/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(ALL_CFLAGS) $(library_cflags) -MMD -MP -c -o $@ $<

$(OBJ)/gen/%.o: $(GEN)/%.S
	@mkdir -p $(@D)
	$(call say,embed)$(CC) -c -o $@ $<

# An embedded set as assembler: each file, a zero byte, and a table of (name, data, length) ended by zeroes.
.SECONDEXPANSION:
$(GEN)/%.S: $$(%_files) Makefile
	@mkdir -p $(@D)
	@{ i=0; echo '.section .rodata'; \
	for f in $($*_files); do echo ".Lname$$i: .asciz \"$${f##*/}\""; echo ".Ldata$$i: .incbin \"$$f\""; \
	echo ".Lend$$i: .byte 0"; i=$$((i+1)); done; \
	echo '.section .data.rel.ro,"aw"'; echo '.balign 8'; echo '.globl $*'; echo '$*:'; n=$$i; i=0; \
	while [ $$i -lt $$n ]; do echo ".quad .Lname$$i, .Ldata$$i, .Lend$$i - .Ldata$$i"; i=$$((i+1)); done; \
	echo '.quad 0, 0, 0'; echo '.section .note.GNU-stack,"",%progbits'; } > $@

$(GEN)/gz/%.gz: %
	@mkdir -p $(@D)
	@gzip -9 -n -c $< >$@
.PRECIOUS: $(GEN)/gz/%.gz

ui/node_modules/%: $(NODE_MODULES) ;
$(NODE_MODULES): ui/package.json ui/package-lock.json
	@echo "installing the page's modules from npm: preact, htm, @preact/signals, uplot"
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

TYPES_MODULES := tests/types/node_modules/.ready
$(TYPES_MODULES): tests/types/package.json tests/types/package-lock.json
	@echo "installing from npm what checks the pages' types: typescript"
	cd tests/types && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# ---------------------------------------------------------------- installing what is missing

# Installs the Debian packages of $(1) that are missing, and says which.
define install_packages
	@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	command -v npm >/dev/null || missing="$$missing nodejs npm"; \
	if [ -n "$$missing" ]; then echo "installing from Debian:$$missing"; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; export DEBIAN_FRONTEND=noninteractive; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

deps: deps-build deps-test ## install what building, running and testing need
deps-build:
	$(call install_packages,$(BUILD_PACKAGES) $(RUN_PACKAGES))
deps-test: deps-build
	$(call install_packages,$(TEST_PACKAGES))
deps-rig: deps-build
	$(call install_packages,$(RIG_PACKAGES))
deps-lint: deps-test
	$(call install_packages,$(LINT_PACKAGES))
# CUPS is unpacked for its filter only, not installed: it would look for printers.
RASTERTOLABEL := build/cups/usr/lib/cups/filter/rastertolabel
deps-bench: deps-build $(RASTERTOLABEL)
$(RASTERTOLABEL):
	@mkdir -p build/cups
	cd build/cups && apt-get download -qq $(BENCH_PACKAGES) && for package in *.deb; do dpkg-deb -x $$package .; done
	@touch $@
# Tryton is unpacked as well: installed, it would be started.
TRYTON := build/tryton
deps-bench-tryton: deps-build $(TRYTON)/there
	$(call install_packages,$(TRYTON_NEEDS))
$(TRYTON)/there:
	@mkdir -p $(@D)
	cd $(@D) && apt-get download -qq $(TRYTON_PACKAGES) && for package in *.deb; do dpkg-deb -x $$package .; done
	@touch $@
# R's forecast package, and packages that are unpacked for the series that they ship only: what they need is not small.
FORECAST_DATA := build/r-data
deps-bench-forecast: deps-build $(FORECAST_DATA)/there
	$(call install_packages,$(FORECAST_PACKAGES))
$(FORECAST_DATA)/there:
	@mkdir -p $(@D)
	cd $(@D) && apt-get download -qq $(FORECAST_DATA_PACKAGES) && for package in *.deb; do dpkg-deb -x $$package .; done
	@touch $@
deps-fuzz: deps-build
	$(call install_packages,$(FUZZ_PACKAGES))

# ---------------------------------------------------------------- running and proving

UNIT_TESTS := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c))
DEVICE_TESTS := $(patsubst tests/device/%.c,$(OUT)/tests/%,$(wildcard tests/device/test_*.c))
DEVICE_MOCKS := $(patsubst %.c,$(OBJ)/%.o,$(filter-out tests/device/test_%,$(wildcard tests/device/*.c)))
TEST_PROGRAMS := $(UNIT_TESTS) $(DEVICE_TESTS)
test_cflags = $(eval test_cflags := $$(shell $(PKG_CONFIG) --cflags cmocka umockdev-1.0 | sed 's/-I/-isystem /g'))$(test_cflags)
test_libs   = $(eval test_libs := $$(shell $(PKG_CONFIG) --libs cmocka umockdev-1.0 zlib))$(test_libs)

# A new database in memory is a copy of the first one of its kind.
MIGRATED  := $(OBJ)/tests/migrated.o
QUICK_NEW := -Wl,--wrap=sql_migrate

$(OBJ)/tests/%.o: tests/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(ALL_CFLAGS) -Itests $(library_cflags) $(test_cflags) -MMD -MP -c -o $@ $<
$(UNIT_TESTS): $(OUT)/tests/%: $(OBJ)/tests/unit/%.o $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(QUICK_NEW) -o $@ $< $(MIGRATED) $(ARCHIVE) $(library_libs) $(test_libs)
$(DEVICE_TESTS): $(OUT)/tests/%: $(OBJ)/tests/device/%.o $(DEVICE_MOCKS) $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(QUICK_NEW) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs) $(test_libs)
# The stored inputs of the fuzz targets, played by whatever compiler the mode has; MODE=fuzz makes the fuzzers themselves.
FUZZ_TARGETS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(OUT)/tests/fuzz_%)
FUZZERS      := $(FUZZ_TARGETS:%=$(OUT)/%)
$(FUZZ_REPLAYS): $(OUT)/tests/fuzz_%: $(OBJ)/tests/fuzz/%.o $(OBJ)/tests/fuzz/replay.o $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(QUICK_NEW) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
ifeq ($(MODE),fuzz)
$(FUZZERS): $(OUT)/%: $(OBJ)/tests/fuzz/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(ARCHIVE) $(library_libs)
endif
# A scripted station behind the real web server: what tests/browser looks at.
$(OUT)/tests/fake_station: $(OBJ)/tests/browser/fake_station.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(library_libs)

.PHONY: test-programs
test-programs: programs $(TEST_PROGRAMS) $(FUZZ_REPLAYS) $(OUT)/tests/fake_station $(OUT)/tests/usb_emulator $(OUT)/tests/failpoint.so $(OUT)/tests/day.so \
	$(OUT)/tests/leak.so $(OUT)/tests/plans.so $(OUT)/tests/platform_caller \
	$(OUT)/floorhand-sim $(OUT)/floorhand-sync-sim $(OUT)/tests/faulty_sync_sim $(OUT)/floorhand-fleet-sim $(OUT)/tests/faulty_fleet_sim \
	$(OUT)/floorhand-press $(OUT)/floorhand-crew $(OUT)/floorhand-bench $(OUT)/floorhand-crash $(OUT)/floorhand-sync-bench \
	$(OUT)/floorhand-office-bench $(OUT)/floorhand-demand

$(OUT)/floorhand-sim: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/sim/*.c)) $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(QUICK_NEW) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
# Signatures are made up: libsodium's would be nearly all of the work.
# Its databases are on the disks of tests/crash.
SYNC_SIM := $(wildcard tests/sim/sync/*.c) $(wildcard tests/crash/disk*.c)
SYNC_SIM_WRAPS := -Wl,--wrap=crypto_sign_detached,--wrap=crypto_sign_verify_detached,--wrap=libdeflate_alloc_compressor,--wrap=file_settle
$(OUT)/floorhand-sync-sim: $(SYNC_SIM:%.c=$(OBJ)/%.o) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(SYNC_SIM_WRAPS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
# Shops, head office and sites in one process: the sites and network of tests/sim, the shortcuts of tests/sim/sync.
FLEET_SIM := $(wildcard tests/sim/fleet/*.c) tests/sim/site_side.c tests/sim/network.c tests/sim/sync/quick.c $(wildcard tests/crash/disk*.c)
$(OUT)/floorhand-fleet-sim: $(FLEET_SIM:%.c=$(OBJ)/%.o) $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(SYNC_SIM_WRAPS) $(QUICK_NEW) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
# The same with faults that it must find: what has some is compiled for it alone, and stands before the archive.
FAULTY := $(SYNC_SIM) $(shell grep -ls 'base/defect.h' $(SOURCES))
$(OBJ)/faulty/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(ALL_CFLAGS) -Itests $(library_cflags) -DFLOORHAND_DEFECTS -MMD -c -o $@ $<
$(OUT)/tests/faulty_sync_sim: $(FAULTY:%.c=$(OBJ)/faulty/%.o) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(SYNC_SIM_WRAPS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
FAULTY_FLEET := $(FLEET_SIM) $(shell grep -ls 'base/defect.h' $(SOURCES))
$(OUT)/tests/faulty_fleet_sim: $(FAULTY_FLEET:%.c=$(OBJ)/faulty/%.o) $(MIGRATED) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) $(SYNC_SIM_WRAPS) $(QUICK_NEW) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-crew: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/sim/crew/*.c)) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
# The crew's workers and world, on a disk that loses power.
$(OUT)/floorhand-crash: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/crash/*.c) tests/sim/crew/worker.c tests/sim/crew/world.c) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -Wl,--wrap=file_settle -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-press: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/sim/press/*.c)) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-bench: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/bench/*.c)) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-office-bench: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/bench/office/*.c)) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-demand: $(OBJ)/tests/bench/forecast/demand.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)
$(OUT)/floorhand-sync-bench: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/bench/sync/*.c)) $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(library_libs)

# Calls the connectors for tests/e2e/test_platform_calls.py.
$(OUT)/tests/platform_caller: $(OBJ)/tests/platforms/caller.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(library_libs)

# Kills a program at a chosen instant: what tests/fault loads before it.
$(OUT)/tests/failpoint.so: tests/fault/failpoint.c
	@mkdir -p $(@D)
	$(call say,link)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl

# Makes a program leak: what tests/soak loads before it, to see that it is found.
$(OUT)/tests/leak.so: tests/soak/leak.c
	@mkdir -p $(@D)
	$(call say,link)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl

# Writes down how SQLite finds the rows of each statement: what tests/unit/test_plans.py judges.
$(OUT)/tests/plans.so: tests/plans/plans.c
	@mkdir -p $(@D)
	$(call say,link)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl -lsqlite3

# Moves the calendar of the houses whose pages are compared with pictures.
$(OUT)/tests/day.so: tests/browser/day.c
	@mkdir -p $(@D)
	$(call say,link)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl

# Devices for tests/rig/usb: a program that shares nothing with ours.
$(OUT)/tests/usb_emulator: $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/rig/usb/emulator/*.c))
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_LDFLAGS) -o $@ $^

test: deps-test ## everything that must pass; ends with "N passed, N failed"
	@$(MAKE) deps-rig || echo "QEMU cannot be installed: the tests on a real kernel's USB will be skipped"
	@$(MAKE) $(if $(V),,-s) test-programs
	@OUT=$(OUT) MODE=$(MODE) python3 tests/run.py

test-postgres: deps-test ## all of head office's tests on PostgreSQL; make test runs some of them there
	@$(MAKE) $(if $(V),,-s) test-programs
	@OUT=$(OUT) MODE=$(MODE) python3 tests/run.py --postgres

scripts: deps-build ## every scan of the floor's scripts changed, which each must notice; make test changes one in twelve
	@$(MAKE) $(if $(V),,-s) $(OUT)/tests/test_scripts
	@OUT=$(OUT) $(OUT)/tests/test_scripts

SEEDS ?= 200
sim: deps-build ## the simulator: make sim SEEDS=n, or SEED=n to replay one
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-sim
	@$(OUT)/floorhand-sim $(if $(SEED),--seed $(SEED) --trace,--seeds $(SEEDS))

SYNC_FIRST ?= 1
SYNC_SEEDS ?= 50000
sim-sync: deps-build ## the sync protocol alone, a million schedules, twenty a seed: make sim-sync SYNC_FIRST=n SYNC_SEEDS=n, or SEED=n
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-sync-sim
	@$(if $(SEED),$(OUT)/floorhand-sync-sim --seed $(SEED) --trace,python3 tests/sim/sync/schedules.py $(OUT)/floorhand-sync-sim --first $(SYNC_FIRST) --seeds $(SYNC_SEEDS))
sim-fleet: deps-build ## shops, head office and sites with production code: make sim-fleet SEEDS=n, or SEED=n to replay one
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-fleet-sim
	@$(if $(SEED),$(OUT)/floorhand-fleet-sim --seed $(SEED) --trace,python3 tests/sim/sync/schedules.py $(OUT)/floorhand-fleet-sim --seeds $(SEEDS) --what "shops, head office and sites")
sim-sensitivity: deps-build ## that the simulators find faults: each is switched on
	@$(MAKE) $(if $(V),,-s) $(OUT)/tests/faulty_sync_sim $(OUT)/tests/faulty_fleet_sim
	@python3 tests/sim/sync/sensitivity.py $(OUT)/tests/faulty_sync_sim
	@python3 tests/sim/sync/sensitivity.py $(OUT)/tests/faulty_fleet_sim --fleet

STEPS ?= 100000
crew: deps-build ## every flow of the floor at once, with wrong scans and power cuts: make crew SEEDS=100 STEPS=100000, or SEED=n
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-crew
	@$(OUT)/floorhand-crew --steps $(STEPS) $(if $(SEED),--seed $(SEED) --trace,--seeds $(SEEDS))

CUTS         ?= 30000
UPGRADE_CUTS ?= 1500
crash: deps-build ## a site and head office on a disk that loses power in any write, also of an upgrade, and fails: make crash CUTS=30000, or SEED=n
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-crash
	@$(OUT)/floorhand-crash $(if $(SEED),--seed $(SEED) --trace,--cuts $(CUTS))
	@$(if $(SEED),true,$(OUT)/floorhand-crash --upgrades $(UPGRADE_CUTS))

FAULTS ?= 10000
press: deps-build ## the print ledger against printers, cables and power that fail at random: make press FAULTS=n, or SEED=n
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-press
	@OUT=$(OUT) python3 tests/sim/press.py $(if $(SEED),--seed $(SEED) --trace,--faults $(FAULTS))

HOURS ?= 24
SPEED ?= 100
soak: deps-build ## a day of a busy site with the real programs, and everything that goes wrong: make soak HOURS=24 SPEED=100; also build/soak.svg
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/tests/leak.so
	@OUT=$(OUT) python3 tests/soak/run.py --hours $(HOURS) --speed $(SPEED) --picture build/soak.svg $(SOAK_OPTIONS)

rig: deps-rig ## the real kernel's USB in QEMU, with scanners, printers and scales that misbehave: make rig [RIG="unplug keyboard"]
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/tests/usb_emulator
	@OUT=$(OUT) MODE=$(MODE) python3 tests/rig/usb/run.py $(RIG)

fault: deps-build ## real programs and a real broker that are killed and cut off: make fault [FAULT="killed TLS"]
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/tests/failpoint.so
	@OUT=$(OUT) MODE=$(MODE) python3 tests/fault/run.py $(FAULT)

KERNEL_CUTS ?= 4000
rig-powercut: deps-rig ## power cuts of a real kernel's ext4 in QEMU, thousands from one log of its writes: make rig-powercut [KERNEL_CUTS=4000]
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand-crash
	@OUT=$(OUT) MODE=$(MODE) python3 tests/rig/powercut/run.py --cuts $(KERNEL_CUTS)

bench: deps-build ## figures as ratios to a peer measured in the same run, as one table and build/bench.json: make bench [BENCH="loaded tryton"]
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/floorhand-bench $(OUT)/floorhand-sync-bench $(OUT)/floorhand-office-bench $(OUT)/tests/fake_station
	@$(MAKE) deps-bench || echo "CUPS cannot be had: labels are not compared with its rastertolabel"
	@$(MAKE) deps-bench-tryton || echo "Tryton cannot be had: nothing is compared with it"
	@OUT=$(OUT) python3 tests/bench/run.py $(BENCH)

bench-forecast: deps-build ## how good forecasts are beside R's forecast package, and how long 100,000 series take
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/floorhand-demand
	@$(MAKE) deps-bench-forecast || echo "R's forecast package or its data cannot be had: what needs them is skipped"
	@OUT=$(OUT) python3 tests/bench/forecast/forecast.py --data $(FORECAST_DATA) $(BENCH_OPTIONS)

SECS ?= 60
FUZZ_SECONDS ?= $(SECS)
TARGETS      ?= $(FUZZ_TARGETS)
fuzz: deps-fuzz ## look for inputs that break a parser: make fuzz SECS=60 TARGETS="ssi hid_pos"
	@$(MAKE) $(if $(V),,-s) MODE=fuzz $(TARGETS:%=build/fuzz/%)
	@python3 tests/fuzz/fuzz.py --seconds $(FUZZ_SECONDS) $(TARGETS)

run: deps-build ## a private broker, head office and one site with sample data; Ctrl-C stops all of it
	@$(MAKE) $(if $(V),,-s) programs
	@OUT=$(OUT) exec python3 tests/rig/demo.py $(RUN_OPTIONS)

BROWSER_MODULES := tests/browser/node_modules/.ready
$(BROWSER_MODULES): tests/browser/package.json tests/browser/package-lock.json
	@echo "installing from npm what drives the browser: playwright-core, axe-core"
	cd tests/browser && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

screenshots: deps-test $(BROWSER_MODULES) ## pictures of every page, in three widths, both languages, light and dark, into build/screens/: open its index.html
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/tests/fake_station $(OUT)/tests/day.so $(OUT)/tests/test_scripts $(OUT)/floorhand-office-bench
	@cd tests/browser && OUT=$(OUT) node looks.mjs --pictures $(HOUSES)
	@echo "open build/screens/index.html"

looks: deps-test $(BROWSER_MODULES) ## every page beside how it looked when somebody looked at it, in all twelve dresses, and axe in light and dark; make test: a third
	@$(MAKE) $(if $(V),,-s) programs $(OUT)/tests/fake_station $(OUT)/tests/day.so $(OUT)/tests/test_scripts $(OUT)/floorhand-office-bench
	@cd tests/browser && OUT=$(OUT) node looks.mjs $(HOUSES)
	@cd tests/browser && OUT=$(OUT) node axe.mjs $(HOUSES)

LABEL_MODULES := tests/label/node_modules/.ready
$(LABEL_MODULES): tests/label/package.json tests/label/package-lock.json
	@echo "installing from npm what judges labels: zpl-renderer-js, zxing-wasm"
	cd tests/label && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

labels: deps-test $(LABEL_MODULES) ## every sample of a label in each language and resolution, judged by others' programs; make test: half of them
	@$(MAKE) $(if $(V),,-s) programs
	@cd tests/label && OUT=$(OUT) node judge.mjs $(SAMPLES)

docs: deps-build ## write docs/hardware.md from drivers/models
	@$(MAKE) $(if $(V),,-s) $(OUT)/floorhand
	$(OUT)/floorhand device models --markdown > docs/hardware.md

C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h')
format: ## write every C file in the one style
	clang-format -i $(C_FILES)

print-flags: # for tests/lint/lint.py
	@echo $(ALL_CFLAGS) -Itests $(library_cflags) $(test_cflags)

lint: deps-lint $(NODE_MODULES) $(TYPES_MODULES) ## clang-format, clang-tidy, cppcheck, gcc -fanalyzer, a clang build, and the pages' types
	@python3 tests/lint/lint.py

clang: deps-lint ## build everything with clang's warnings as errors
	@$(MAKE) MODE=clang test-programs

PREFIX ?= /usr
UNITS := $(wildcard systemd/*.service)
install: deps-build ## install programs, units and rules: make install [DESTDIR=...] [PREFIX=/usr]
	@$(MAKE) $(if $(V),,-s) programs
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/udev/rules.d \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d $(DESTDIR)$(PREFIX)/share/doc/floorhand \
		$(DESTDIR)$(PREFIX)/share/doc/floorhand-hq
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	for unit in $(UNITS); do sed 's,/usr/bin/,$(PREFIX)/bin/,' $$unit > $(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/} \
		|| exit 1; done
	install -m 644 systemd/60-floorhand.rules systemd/95-floorhand-brltty.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d
	for users in floorhand floorhand-hq; do install -m 644 systemd/$$users.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/$$users.conf || exit 1; done
	install -m 644 systemd/floorhand.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/floorhand.conf
	install -m 644 systemd/link.conf $(DESTDIR)$(PREFIX)/share/doc/floorhand
	install -m 644 sync/broker/mosquitto.conf sync/broker/mosquitto.service.conf $(DESTDIR)$(PREFIX)/share/doc/floorhand-hq
	$(OUT)/floorhandd --sample > $(DESTDIR)$(PREFIX)/share/doc/floorhand/floorhandd.conf

# A commit is a version: each is newer than those before it.
VERSION ?= 0.$(shell git rev-list --count HEAD 2>/dev/null || echo 0)
deb: deps-deb ## two Debian packages in build/deb: a site's box, and head office: make deb [VERSION=0.123]
	@rm -rf build/deb
	@$(MAKE) -s install DESTDIR=build/deb/installed
	@systemd/debian/build.sh build/deb/installed $(VERSION) build/deb
	@ls build/deb/*.deb

deps-deb: deps-build
	$(call install_packages,dpkg-dev)

test-deb: deps-deb ## the packages in a fresh Debian: installed, started, upgraded with what they hold, removed
	$(call install_packages,mmdebstrap)
	@python3 tests/deb/chroot.py

clean: ## remove build/
	rm -rf build

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
