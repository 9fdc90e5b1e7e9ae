# SPDX-License-Identifier: BSD-2-Clause
#
# Fuzzing on the simulated machine with clang's libFuzzer: one program for each
# test/fuzz/<name>_fuzz.c, with its seeds in test/fuzz/corpus/<name>/. What a
# run finds beyond them stays in $(O)/fuzz/corpus/<name>/, and check-host compares
# what the formats make of it.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
# As HOST_FORMAT. All formats share what was found.
FUZZ_FORMAT ?= lpae

fuzz_format_dir := $(FUZZ_FORMAT:lpae32=lpae)
fuzz_format_flags := $(if $(filter lpae32,$(FUZZ_FORMAT)),-DSIM_VA_BITS=32)
fuzz_out := $(O)/fuzz/$(FUZZ_FORMAT)
fuzz_corpus := $(O)/fuzz/corpus
fuzz_names := $(patsubst test/fuzz/%_fuzz.c,%,$(wildcard test/fuzz/*_fuzz.c))
fuzz_bins := $(fuzz_names:%=$(fuzz_out)/%_fuzz)
fuzz_src := $(wildcard src/*.c abi/*.c pta/*.c compat/*.c arch/host/*.c \
	arch/host/$(fuzz_format_dir)/*.c \
	$(filter-out %/traced.c,$(wildcard test/sim/*.c)))
fuzz_obj := $(fuzz_src:%.c=$(fuzz_out)/%.o)

fuzz_cflags := -std=c11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra \
	-Wconversion -Wshadow -Werror -DDYNSHM_FAULT_INJECTION \
	-Iinclude -I. -Icompat -Iarch -Iarch/$(fuzz_format_dir) -Iarch/host \
	-Iarch/host/$(fuzz_format_dir) $(fuzz_format_flags) -Itest -MMD -MP
fuzz_san := -fno-sanitize-recover=all -fsanitize=address,undefined

# The fuzzer looks at the code under test only, not at its judges.
fuzz_coverage = $(if $(filter src/% abi/% pta/% compat/%,$<),-fsanitize=fuzzer-no-link)

$(fuzz_out)/%.o: %.c
	$(call say,FUZZCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(fuzz_cflags) $(fuzz_san) $(fuzz_coverage) \
		-c $< -o $@

$(fuzz_bins): $(fuzz_out)/%: $(fuzz_out)/test/fuzz/%.o $(fuzz_obj)
	$(call say,LINK,$@)
	$(Q)$(FUZZ_CC) $(fuzz_san),fuzzer $^ -o $@

# $(1): name, $(2): further options. Also says what it found on the way.
fuzz_run = mkdir -p $(fuzz_corpus)/$(1) && $(fuzz_out)/$(1)_fuzz \
	-timeout=20 -rss_limit_mb=2048 -max_len=1024 -print_final_stats=1 \
	-artifact_prefix=$(fuzz_out)/$(1)- $(2) \
	$(fuzz_corpus)/$(1) test/fuzz/corpus/$(1)

## fuzz-smoke       each fuzz target for FUZZ_SECONDS (60)
fuzz-smoke: $(fuzz_names:%=fuzz-smoke-%)

$(fuzz_names:%=fuzz-smoke-%): fuzz-smoke-%: $(fuzz_out)/%_fuzz
	$(call say,FUZZ,$* ($(FUZZ_SECONDS) seconds))
	$(Q)$(call fuzz_run,$*,-max_total_time=$(FUZZ_SECONDS)) \
		>$(fuzz_out)/$*.log 2>&1 || { tail -n 40 $(fuzz_out)/$*.log; \
		exit 1; }
	$(Q)grep -E 'number_of_executed_units|new_units' $(fuzz_out)/$*.log

## fuzz             all fuzz targets until interrupted
fuzz: $(fuzz_bins)
	$(Q)$(foreach name,$(fuzz_names),{ $(call fuzz_run,$(name),) \
		>$(fuzz_out)/$(name).log 2>&1 || \
		{ tail -n 40 $(fuzz_out)/$(name).log; kill 0; }; } & ) wait

-include $(wildcard $(fuzz_obj:.o=.d))

.PHONY: fuzz fuzz-smoke $(fuzz_names:%=fuzz-smoke-%)
.SECONDARY: $(fuzz_names:%=$(fuzz_out)/test/fuzz/%_fuzz.o)
