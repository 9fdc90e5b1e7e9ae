# SPDX-License-Identifier: BSD-2-Clause
#
# A program in a hypervisor's place, at EL2: test/hyp/ makes guests, speaks for
# them and kills them, bench/hyp/ counts what that costs. A new C file in either
# is picked up by its name.

hyp_test_src := $(wildcard test/hyp/*.c test/hyp/*.S)
hyp_bench_src := $(wildcard bench/hyp/*.c) $(bare_bench_src) test/hyp/start.S

$(bare_out)/hyp.elf: $(call bare_obj,$(hyp_test_src) $(bare_lib_src) \
	$(bare_tap_src))
$(bare_out)/hyp-bench.elf: $(call bare_obj,$(hyp_bench_src) $(bare_lib_src))

# An image with so many calls for each guest that a thousand guests fit.
hyp_small := $(O)/two-calls
$(hyp_small)/flash-gicv2.bin: $(O)/tfa-gicv2/bl31.bin FORCE
	$(Q)$(MAKE) --no-print-directory O=$(hyp_small) \
		IMAGE_DEFINES='$(IMAGE_DEFINES) -DCALLS_PER_GUEST=2' image
	$(Q)scripts/flash.sh $(O)/tfa-gicv2 $(hyp_small) $@

# machine_NAME: flash image, options.
hyp_machines := gicv2 gicv3 two-calls
hyp_flash_gicv2 := $(O)/flash-gicv2.bin
hyp_flash_gicv3 := $(O)/flash-gicv3.bin
hyp_flash_two-calls := $(hyp_small)/flash-gicv2.bin
hyp_options_gicv2 := --smp 4
hyp_options_gicv3 := --smp 4 --gic 3 --cpu max
hyp_options_two-calls := --smp 4

hyp_boot = $(call bare_boot,$(1),$(hyp_flash_$(2)),$(2)) --el2

hyp_checks := $(foreach m,$(hyp_machines),$(bare_out)/hyp-$(m))

$(hyp_checks): $(bare_out)/hyp-%: mk/hyp.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec $(call hyp_boot,hyp,$*) \
		$(hyp_options_$*) --reserve 0x7f000000,0x100000 \
		--timeout 450' >$@
	$(Q)chmod +x $@

## check-hyp        guests without a hypervisor product: lives, deaths, crowds
check-hyp: $(hyp_checks) $(bare_out)/hyp.bin \
		$(foreach m,$(hyp_machines),$(hyp_flash_$(m)))
	$(Q)TEST_TIMEOUT=480 scripts/tap-count.sh $(hyp_checks)

## bench-hyp        instructions of a guest's life and death, seen by a hypervisor
bench-hyp: $(bare_out)/hyp-bench.bin $(hyp_flash_gicv2) $(hyp_flash_two-calls)
	$(Q)for machine in $(foreach m,gicv2 two-calls,'$(call \
		hyp_boot,hyp-bench,$(m))'); do \
		$$machine --icount --smp 1 --timeout 300 | sed -n '/^With/,$$p'; \
	done

-include $(patsubst %.o,%.d,$(call bare_obj,$(hyp_test_src) $(hyp_bench_src)))

.PHONY: bench-hyp check-hyp
