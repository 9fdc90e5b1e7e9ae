# SPDX-License-Identifier: BSD-2-Clause
#
# A program in Linux's place, at EL1: test/target/ checks every answer of the
# interface, bench/target/ counts instructions. A new C file in either is picked
# up by its name.

target_test_src := $(wildcard test/target/*.c test/target/*.S)
target_bench_src := $(wildcard bench/target/*.c) $(bare_bench_src) \
	test/target/start.S

$(bare_out)/test.elf: $(call bare_obj,$(target_test_src) $(bare_lib_src) \
	$(bare_tap_src))
$(bare_out)/bench.elf: $(call bare_obj,$(target_bench_src) $(bare_lib_src))

# One machine for each TF-A: options.
target_machines := gicv2 gicv3 new handoff
target_options_gicv2 := --gic 2 --smp 4
target_options_gicv3 := --gic 3 --smp 2 --cpu max
target_options_new := --gic 3 --smp 2
target_options_handoff := --gic 3 --smp 2 --append handoff

target_boot = $(call bare_boot,$(1),$(O)/flash-$(2).bin,$(2))

# What scripts/tap-count.sh runs.
target_checks := $(foreach m,$(target_machines),$(bare_out)/check-$(m))
$(target_checks): $(bare_out)/check-%: mk/target.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec $(call target_boot,test,$*) \
		$(target_options_$*) --reserve 0x7f000000,0x100000 \
		--timeout 450' >$@
	$(Q)chmod +x $@

## check-target     every answer of the interface, from a bare-metal normal world
check-target: $(target_checks) $(bare_out)/test.bin \
		$(foreach m,$(target_machines),$(O)/flash-$(m).bin)
	$(Q)TEST_TIMEOUT=480 scripts/tap-count.sh $(target_checks)

## bench-target     instructions of each call, seen from the normal world
bench-target: $(bare_out)/bench.bin $(O)/flash-gicv2.bin
	$(Q)$(call target_boot,bench,gicv2) --gic 2 --icount --smp 1 \
		--timeout 300 | sed -n '/^Shares/,$$p'

-include $(patsubst %.o,%.d,$(call bare_obj,$(target_test_src) \
	$(target_bench_src) $(bare_lib_src) $(bare_tap_src)))

.PHONY: bench-target check-target
