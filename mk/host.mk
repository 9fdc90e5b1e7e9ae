# SPDX-License-Identifier: BSD-2-Clause
#
# The library on the build machine: unit and model tests with sanitizers, and
# benchmarks without. A new test/unit/<name>_test.c or bench/<name>_bench.c is
# picked up by its name, and so is test/model/<name>_test.c; helpers that tests
# share live in test/model/ and test/sim/.

HOST_CC ?= cc
HOST_AR ?= ar
HOST_OBJCOPY ?= objcopy
# Which translation tables the host build simulates, and which ones check-host
# goes through: long descriptors with 48 or 32 bits of virtual address, or short
# descriptors. Benchmarks are for the first.
HOST_FORMAT ?= lpae
HOST_FORMATS ?= lpae lpae32 short_desc

host_format_dir := $(HOST_FORMAT:lpae32=lpae)
host_format_flags := $(if $(filter lpae32,$(HOST_FORMAT)),-DSIM_VA_BITS=32)
host_out := $(O)/host/$(HOST_FORMAT)
host_lib_src := $(wildcard src/*.c arch/host/*.c \
	arch/host/$(host_format_dir)/*.c arch/$(host_format_dir)/*.c)
host_model_src := $(wildcard abi/*.c pta/*.c compat/*.c test/sim/*.c) \
	$(filter-out %/pins.c %/kernel.c,$(wildcard test/compat/*.c)) kernel/handoff.c \
	$(filter-out %_test.c,$(wildcard test/model/*.c))
host_test_src := $(wildcard test/unit/*_test.c test/model/*_test.c)
host_bench_src := $(wildcard bench/*_bench.c)
host_bench_lib_src := $(filter-out arch/host/%,$(host_lib_src)) $(wildcard arch/bench/*.c)

host_cflags := -std=c11 -g -Wall -Wextra -Wconversion -Wshadow -Werror \
	-Iinclude -I. -Icompat -Iarch -Iarch/$(host_format_dir) \
	-Itest -MMD -MP
# Tests run on the simulated machine, benchmarks on the bare one.
host_test_cflags := $(host_cflags) -Iarch/host \
	-Iarch/host/$(host_format_dir) $(host_format_flags)
host_bench_cflags := $(host_cflags) -Iarch/bench
host_san := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -DDYNSHM_FAULT_INJECTION

# The same sources twice: under test/ for the tests, under bench/ to measure.
host_obj = $(patsubst %.c,$(host_out)/$(1)/%.o,$(2))
host_tests := $(patsubst %.c,$(host_out)/test/%,$(host_test_src))
host_benches := $(patsubst %.c,$(host_out)/bench/%,$(host_bench_src))
host_test_lib := $(host_out)/test/libdynshm.a
# Fuzz targets that go through given inputs.
host_replays := $(patsubst %.c,$(host_out)/test/%,\
	$(wildcard test/fuzz/*_fuzz.c))
HOST_INPUTS ?= 300
# Calls that test/sim/traced.c looks at.
host_wraps := $(addprefix -Xlinker --wrap=,\
	$(shell sed -n 's/^WRAPPED.[^,]*, \([a-z_]*\),.*/\1/p' \
		test/sim/traced.c))
host_bench_lib := $(host_out)/bench/libdynshm.a

# Silent when the packages are there; root gets them installed.
host-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh host

# Another compiler or other options make new objects.
$(host_out)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(HOST_CC) $(host_test_cflags) $(host_san)' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(host_out)/test/%.o: %.c $(host_out)/flags | host-packages
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(host_test_cflags) $(host_san) -c $< -o $@

$(host_out)/bench/%.o: %.c $(host_out)/flags | host-packages
	$(call say,HOSTCC,$< (bench))
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(host_bench_cflags) -O2 -c $< -o $@

# The image's own memcpy(), as image_memcpy(), built as an image's is.
host_image_string := $(host_out)/bench/image/string.o
$(host_image_string): kernel/string.c $(host_out)/flags | host-packages
	$(call say,HOSTCC,$< (as in the image))
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=c11 -D_POSIX_C_SOURCE=200809L -O2 \
		-mgeneral-regs-only -fno-builtin -c $< -o $@
	$(Q)$(HOST_OBJCOPY) --prefix-symbols=image_ $@
$(host_out)/bench/bench/ram_pages_bench: $(host_image_string)

$(host_test_lib): $(call host_obj,test,$(host_lib_src) $(host_model_src))
$(host_bench_lib): $(call host_obj,bench,$(host_bench_lib_src))
$(host_test_lib) $(host_bench_lib):
	$(Q)rm -f $@ && $(HOST_AR) rcs $@ $^

$(host_tests): %: %.o $(host_test_lib)
	$(call say,LINK,$@)
	$(Q)$(HOST_CC) $(host_san) $(host_wraps) $^ -o $@ $$(pkg-config --libs cmocka)

$(host_replays): %: %.o $(host_out)/test/test/fuzz/replay.o $(host_test_lib)
	$(call say,LINK,$@)
	$(Q)$(HOST_CC) $(host_san) $(host_wraps) $^ -o $@

$(host_benches): %: %.o $(host_bench_lib)
	$(call say,LINK,$@)
	$(Q)$(HOST_CC) $^ -o $@ $(host_ldflags)

# All of it, and nothing run: for other compilers.
host-build: $(host_tests) $(host_replays) $(host_benches)

# What the format can make a difference to.
host_format_tests := $(filter-out \
	$(addprefix $(host_out)/test/test/unit/,rbtree_test va_%),$(host_tests))

host-format-build: $(host_format_tests) $(host_replays)

$(HOST_FORMATS:%=host-build-%): host-build-%: | host-packages
	+$(Q)$(MAKE) --no-print-directory HOST_FORMAT=$* $(if \
		$(filter $(HOST_FORMAT),$*),host-build,host-format-build)

## check-host       unit and model tests, with sanitizers, for each format
check-host: $(HOST_FORMATS:%=host-build-%)
	$(Q)find $(O)/host -name '*.trace' -delete
	$(Q)TRACES=1 scripts/tap-count.sh $(host_tests) $(foreach format,\
		$(filter-out $(HOST_FORMAT),$(HOST_FORMATS)),$(patsubst \
		$(host_out)/%,$(O)/host/$(format)/%,$(host_format_tests)))
	+$(Q)$(MAKE) --no-print-directory compare-traces

# The same inputs with each format, then all traces there are.
compare-traces: $(HOST_FORMATS:%=host-replay-%)
	$(Q)scripts/compare_traces.sh $(O)/host $(HOST_FORMATS)

# $(1): program, $(2): name of the fuzz target
host_replay = TRACE=$(1).trace $(1) $(HOST_INPUTS) $(sort $(wildcard \
	test/fuzz/corpus/$(2)/* $(fuzz_corpus)/$(2)/*)) >$(1).log 2>&1 || \
	{ tail -n 20 $(1).log; exit 1; };
host_replays_of = $(foreach name,$(fuzz_names),$(call host_replay,$(1)/$(name)_fuzz,$(name)))

$(HOST_FORMATS:%=host-replay-%): host-replay-%: host-build-%
	$(Q)$(call host_replays_of,$(O)/host/$*/test/test/fuzz)

## bench-host       benchmarks of the library; they report and never fail
bench-host: $(host_benches)
	$(Q)for bench in $(host_benches); do $$bench || exit 1; done

-include $(wildcard $(addsuffix /*.d,$(sort $(dir \
	$(call host_obj,test,$(host_lib_src) $(host_model_src) \
	$(host_test_src) $(wildcard test/fuzz/*.c)) \
	$(call host_obj,bench,$(host_bench_lib_src) $(host_bench_src))))))

.PHONY: check-host compare-traces bench-host host-build host-format-build \
	host-packages $(HOST_FORMATS:%=host-build-% host-replay-%)
.SECONDARY: $(addsuffix .o,$(host_tests) $(host_benches))
