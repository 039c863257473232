# Liandong. `make help` lists the targets. PROFILE=asan or tsan builds below build/PROFILE.
# OIDC=1 builds a server that people can also sign in to by a provider of OpenID Connect.

PROFILE ?= release
CC = gcc
B = $(if $(filter release,$(PROFILE)),build,build/$(PROFILE))
GEN = build/gen

PACKAGES = libevent libevent_openssl jansson openssl libcurl libmariadb libsodium xlsxwriter \
	libqrencode
PDF_PACKAGES = jansson pangocairo libqrencode
CFLAGS_release = -O2 -D_FORTIFY_SOURCE=3 -ftrivial-auto-var-init=zero -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection
CFLAGS_asan = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -DARENA_EXACT
CFLAGS_tsan = -O1 -fno-omit-frame-pointer -fsanitize=thread
# Branches as they are written: nothing is folded or inlined.
CFLAGS_coverage = -O0 --coverage -fprofile-update=atomic
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wnull-dereference -Wvla -Wundef \
	-Wwrite-strings -Wno-missing-field-initializers -Werror
WARN_gcc = -Wduplicated-cond -Wlogical-op
CPPFLAGS = -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES))
CFLAGS = -std=c17 -g -fPIE -ffile-prefix-map=$(CURDIR)=. $(WARN) $(WARN_$(CC)) $(CFLAGS_$(PROFILE))
LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed \
	$(filter -fsanitize% --coverage,$(CFLAGS))
LDLIBS = $(shell pkg-config --libs $(PACKAGES)) -lcrypt -lpthread

QUERIES = $(sort $(wildcard sql/queries/*.sql))
MIGRATIONS = $(sort $(wildcard sql/migrations/*.sql))
SQL_HEADERS = $(QUERIES:sql/queries/%.sql=$(GEN)/%_sql.h)
# What is made before anything is compiled.
MADE_HEADERS = $(SQL_HEADERS) $(GEN)/access.h $(GEN)/fields.h
SERVER = $(sort $(wildcard server/*.c server/*/*.c))
PDF = $(sort $(wildcard server/programs/pdf/*.c))
MODULES = $(sort $(wildcard modules/*.c modules/*/*.c))
SIGNER = $(sort $(wildcard server/programs/signer/*.c))
VERIFY_OBJECTS = $(patsubst modules/%.c,$(B)/%.o,$(sort $(wildcard modules/programs/verify/*.c)))
VERIFY_PARTS = $(filter-out %/main.o,$(VERIFY_OBJECTS))
VERIFY_PACKAGES = libcrypto libcurl jansson
SERVER_OBJECTS = $(SERVER:%.c=$(B)/%.o) $(B)/gen/migrations.o $(B)/gen/grants.o
MODULE_OBJECTS = $(MODULES:%.c=$(B)/%.o) $(B)/gen/access.o $(B)/gen/fields.o
OBJECTS = $(SERVER_OBJECTS) $(MODULE_OBJECTS)
PDF_OBJECTS = $(PDF:%.c=$(B)/%.o)
# What tests link against: everything but main().
PARTS = $(filter-out $(B)/server/main.o,$(OBJECTS))
# Signing in by a provider: these in the place of what says that it is absent.
OIDC_OBJECTS = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard server/out/oidc/*.c)))
OIDC_ABSENT = $(B)/server/out/oidc_absent.o
OIDC_LIBS = -lcjose

# A module cannot reach a header of the server, nor the server one of a module.
INCLUDE_modules = -iquote include -iquote modules -iquote $(GEN)
INCLUDE_server_programs = -iquote include -iquote server/programs
INCLUDE_server = -iquote include -iquote server -iquote $(GEN)
# Programs of their own: nothing of the server in them, and nothing of them in the server.
INCLUDE_programs = -iquote modules/programs
INCLUDE_tests = -iquote include -iquote modules -iquote server -iquote $(GEN) -iquote tests \
	-iquote server/programs $(INCLUDE_programs)

UNITS = $(patsubst tests/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/*_test.c tests/sql/*_test.c)))
FUZZERS = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
BENCHES = $(patsubst tests/bench/%.c,build/bench/%,$(sort $(wildcard tests/bench/*.c)))
CONSOLE = modules/openapi.json $(wildcard modules/console/web/*.* modules/console/web/src/* modules/console/web/src/*/* \
	modules/console/web/src/*/*/*)

.PHONY: all always help deps run test check programs bench campaign coverage attack fuzz \
	fuzz-parts old-engine pictures lint sbom clean
.SECONDARY:
$(V).SILENT:
PROGRAMS = $(addprefix $(B)/,liandong liandong-signer liandong-verify liandong-pdf)
all: $(PROGRAMS)	## build/liandong and the programs beside it

help:				## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

deps:				## installs what building and running need
	@config/deps.sh

run: deps			## starts a demo below var/demo and prints how to use it
	@$(MAKE) --no-print-directory -j2 all
	@exec build/liandong demo --dir var/demo --listen 127.0.0.1:8443

test:				## every test; ends in "N passed, N failed"
	@config/deps.sh test
	@$(MAKE) --no-print-directory -j2 all
	@$(MAKE) --no-print-directory check

check:				## the same without installing anything
	@$(MAKE) --no-print-directory -j2 all build/oidc/liandong
	@$(MAKE) --no-print-directory -j2 all programs build/asan/oidc/liandong PROFILE=asan
	@$(MAKE) --no-print-directory -j2 all PROFILE=tsan
	@$(MAKE) --no-print-directory -j2 $(FUZZERS)
	@exec node tests/run.mjs --asan build/asan/liandong --tsan build/tsan/liandong \
		tests/lint.sh tests/coverage.sh $(UNITS:$(B)/%=build/asan/%) $(FUZZERS:%=fuzz:%)

programs: $(UNITS)

bench: all $(BENCHES)		## side-by-side measurements, speed at millions of appeals
	@node tests/bench/run.mjs
	@node tests/e2e/lib/with_server.mjs tests/bench/console.mjs
	@node tests/bench/reports.mjs
	@exec node tests/bench/large.mjs

campaign: all			## 1,000 cycles of kill -9 under load, about an hour
	@exec node tests/chaos/kill_cycles.mjs --cycles 1000

fuzz: $(FUZZERS)		## every fuzz target for SECONDS (30) over its kept corpus
	@exec tests/fuzz/run.sh $(or $(SECONDS),30) $(FUZZERS)

coverage:			## branches taken in the files of tests/coverage.tsv
	@SHOW=1 exec tests/coverage.sh

attack: all			## the attack tests with every string, route and minute
	@TEST_NAUGHTY=all TEST_ROUTES=all TEST_SCAN_SECONDS=120 exec node tests/run.mjs --jobs 1 \
		--minutes 60 --filter tests/attack/

old-engine: all			## the browser tests in Chromium 86, which it fetches: TESTS="x.test.mjs ..."
	@exec node tests/browser/old_engine.mjs build/old-engine $(TESTS)

pictures: all			## the pictures of README, taken anew
	@exec node tests/e2e/lib/with_server.mjs tests/browser/pictures.mjs

lint:				## layers, sizes, formats, second compiler
	@exec tests/lint.sh

sbom: all			## what the programs consist of: build/liandong.cdx.json (CycloneDX)
	@node config/sbom.mjs $(PROGRAMS) > build/liandong.cdx.json.new
	@mv build/liandong.cdx.json.new build/liandong.cdx.json

clean:				## removes build/ (var/ with the demo's data stays)
	rm -rf build

build/layers.checked: tests/check-layers.sh $(wildcard server/*.[ch] server/*/*.[ch] \
		server/*/*/*.[ch] modules/*.[ch] modules/*/*.[ch] modules/*/*/*.[ch] include/*.h)
	@mkdir -p $(@D)
	tests/check-layers.sh && touch $@

WITH_OIDC = $(filter-out $(OIDC_ABSENT),$(OBJECTS)) $(OIDC_OBJECTS)
$(B)/liandong: $(if $(OIDC),$(WITH_OIDC),$(OBJECTS)) $(B)/oidc.option | build/layers.checked
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS) $(if $(OIDC),$(OIDC_LIBS))
# Linked again when the option is not the one of the last time.
$(B)/oidc.option: always
	@mkdir -p $(@D)
	@echo '$(OIDC)' | cmp -s - $@ || echo '$(OIDC)' > $@
always:
# For the tests, which look at a server of either kind: with the programs that it looks for.
$(B)/oidc/liandong: $(WITH_OIDC) | $(filter-out $(B)/liandong,$(PROGRAMS)) build/layers.checked
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(OIDC_LIBS)
	ln -f $(filter $(B)/liandong-%,$|) $(@D)

$(B)/liandong-signer: $(SIGNER:%.c=$(B)/%.o)
	$(CC) $(LDFLAGS) -o $@ $^ -lcrypto
$(B)/liandong-verify: $(VERIFY_OBJECTS) | build/layers.checked
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(VERIFY_PACKAGES))
# The server starts it for every document. It has no threads but one that belongs to its
# libraries, which no sanitizer of threads sees into.
$(PDF_OBJECTS) $(B)/liandong-pdf: CFLAGS_tsan = -O1
$(B)/liandong-pdf: $(PDF_OBJECTS) | build/layers.checked
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(PDF_PACKAGES))

$(GEN)/%_sql.h: sql/queries/%.sql sql/gen.awk
	@mkdir -p $(@D)
	awk -f sql/gen.awk $< > $@.new && mv $@.new $@

# For the tests of the store: statements of their own, and the list of all statements.
$(GEN)/tx_test_sql.h: tests/sql/tx_test.sql sql/gen.awk
	@mkdir -p $(@D)
	awk -f sql/gen.awk $< > $@.new && mv $@.new $@

$(GEN)/all_sql.h: $(QUERIES) sql/gen.awk
	@mkdir -p $(@D)
	awk -v mode=list -f sql/gen.awk $(QUERIES) > $@.new && mv $@.new $@

# The tables of rights: a header of numbers and a file of rows each.
$(GEN)/access.h $(GEN)/fields.h: $(GEN)/%.h: modules/%.tsv modules/%.awk
	@mkdir -p $(@D)
	awk -v part=header -f modules/$*.awk $< > $@.new && mv $@.new $@
$(GEN)/access.c $(GEN)/fields.c: $(GEN)/%.c: modules/%.tsv modules/%.awk
	@mkdir -p $(@D)
	awk -v part=table -f modules/$*.awk $< > $@.new && mv $@.new $@

# The server by another table of rights, for the test that its difference is noticed: the test
# writes the table first.
$(B)/tests/twin/access.c: $(B)/tests/twin/access.tsv modules/access.awk
	awk -v part=table -f modules/access.awk $< > $@.new && mv $@.new $@
$(B)/tests/twin/access.o: $(B)/tests/twin/access.c $(GEN)/access.h
	$(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDE_modules) -c -o $@ $<
$(B)/tests/twin/liandong: $(filter-out $(B)/gen/access.o,$(OBJECTS)) $(B)/tests/twin/access.o
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(GEN)/migrations.c: $(MIGRATIONS) sql/embed.awk
	@mkdir -p $(@D)
	awk -f sql/embed.awk $(MIGRATIONS) > $@.new && mv $@.new $@

$(GEN)/grants.c: sql/limits.tsv $(MIGRATIONS) $(QUERIES) sql/grants.awk
	@mkdir -p $(@D)
	awk -f sql/grants.awk $(filter-out %.awk,$^) > $@.new && mv $@.new $@

build/console/manifest.tsv: $(CONSOLE)
	cd modules/console/web && node build.mjs $(CURDIR)/build/console
	@touch $@

$(GEN)/assets.inc: config/assets.tsv build/console/manifest.tsv server/base/embed.awk \
		$(shell cut -sf2 config/assets.tsv)
	@mkdir -p $(@D)
	sed "s|\t|\tbuild/console/|" build/console/manifest.tsv | \
		awk -f server/base/embed.awk config/assets.tsv - > $@.new
	@mv $@.new $@

$(B)/server/base/asset.o: $(GEN)/assets.inc
$(OBJECTS): | $(MADE_HEADERS)

$(B)/gen/access.o $(B)/gen/fields.o: INCLUDE_server = $(INCLUDE_modules)
$(B)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDE_server) -MMD -MP -c -o $@ $<
$(B)/server/programs/%.o: server/programs/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(shell pkg-config --cflags $(PDF_PACKAGES)) $(CFLAGS) \
		$(INCLUDE_server_programs) -iquote $(<D) -MMD -MP -c -o $@ $<
$(B)/server/%.o: server/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDE_server) -MMD -MP -c -o $@ $<
$(B)/programs/%.o: modules/programs/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(shell pkg-config --cflags $(VERIFY_PACKAGES)) $(CFLAGS) \
		$(INCLUDE_programs) -MMD -MP -c -o $@ $<
$(B)/modules/%.o: modules/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(CFLAGS) $(INCLUDE_modules) -MMD -MP -c -o $@ $<
$(B)/tests/%.o: tests/%.c | $(MADE_HEADERS) $(GEN)/tx_test_sql.h $(GEN)/all_sql.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDE_tests) -MMD -MP -c -o $@ $<
$(B)/tests/unit/verify_%_test: $(B)/tests/unit/verify_%_test.o $(VERIFY_PARTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(VERIFY_PACKAGES)) -lcmocka
# The bytes that the server hashes and those that the verifier builds, in one program.
$(B)/tests/unit/canonical_test: $(addprefix $(B)/programs/verify/,entry.o hash.o text.o)
$(B)/tests/%_test: $(B)/tests/%_test.o $(PARTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lm

$(B)/tests/unit/oidc_%_test: $(B)/tests/unit/oidc_%_test.o $(OIDC_OBJECTS) \
		$(filter-out $(OIDC_ABSENT),$(PARTS))
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(OIDC_LIBS) -lcmocka

$(B)/tests/unit/confine_test: $(B)/server/programs/pdf/confine.o

# Once for all targets: two at a time would each make the archive while the other reads it.
fuzz-parts: $(MADE_HEADERS)
	@$(MAKE) --no-print-directory PROFILE=fuzz CC=clang build/fuzz/parts.a
build/fuzz/%: tests/fuzz/%.c $(wildcard server/*/*.c modules/*.c modules/*/*.c) | fuzz-parts
	clang $(CPPFLAGS) -std=c17 -g -O1 -fsanitize=fuzzer,address,undefined $(INCLUDE_tests) \
		-o $@ $< build/fuzz/parts.a $(LDLIBS)
build/fuzz/verify_%: tests/fuzz/verify_%.c $(wildcard modules/programs/verify/*.[ch])
	@mkdir -p $(@D)
	clang -D_GNU_SOURCE $(shell pkg-config --cflags $(VERIFY_PACKAGES)) -std=c17 -g -O1 \
		-fsanitize=fuzzer,address,undefined $(INCLUDE_programs) -o $@ $< \
		$(filter-out %/main.c,$(wildcard modules/programs/verify/*.c)) \
		$(shell pkg-config --libs $(VERIFY_PACKAGES))
build/fuzz/oidc_%: tests/fuzz/oidc_%.c $(wildcard server/out/oidc/*.[ch]) | fuzz-parts
	clang $(CPPFLAGS) -std=c17 -g -O1 -fsanitize=fuzzer,address,undefined $(INCLUDE_tests) \
		-o $@ $< $(wildcard server/out/oidc/*.c) build/fuzz/parts.a $(LDLIBS) $(OIDC_LIBS)
build/fuzz/parts.a: $(PARTS)
	@rm -f $@
	ar rcs $@ $^
CFLAGS_fuzz = -O1 -fsanitize=fuzzer-no-link,address,undefined

# It seals identities and writes events as the service does.
build/bench/bench_fill: tests/bench/bench_fill.c tests/bench/stock.h tests/bench/bench.h $(PARTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c17 -O2 $(WARN) $(INCLUDE_tests) -o $@ $< $(PARTS) $(LDLIBS)

build/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c17 -O2 $(WARN) -o $@ $< $(LDLIBS)

-include $(OBJECTS:.o=.d) $(OIDC_OBJECTS:.o=.d) $(SIGNER:%.c=$(B)/%.d) $(VERIFY_OBJECTS:.o=.d) $(PDF_OBJECTS:.o=.d) \
	$(UNITS:=.d)
