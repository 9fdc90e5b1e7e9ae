# SPDX-License-Identifier: BSD-2-Clause
#
# Real devices, mapped in the secure world: an image with one more service, in
# test/devices/secure/, and OP-TEE's callers of test/compat/ in it, and a program
# in Linux's place that asks it for one test after another. A new C file in either folder is picked up by its name.

devices_out := $(O)/devices
devices_secure_src := $(wildcard test/devices/secure/*.c) \
	$(filter-out %/pins.c %/kernel.c,$(wildcard test/compat/*.c))
devices_test_src := $(wildcard test/devices/*.c) test/hyp/vm.c \
	test/target/start.S

$(bare_out)/devices.elf: $(call bare_obj,$(devices_test_src) $(bare_lib_src) \
	$(bare_tap_src))

$(devices_out)/stack_roots.txt: kernel/stack_roots.txt \
		test/devices/secure/stack_roots.txt
	$(Q)mkdir -p $(@D)
	$(Q)cat $^ >$@

$(devices_out)/flash-gicv2.bin $(devices_out)/flash-gicv3.bin: \
		$(devices_out)/flash-gicv%.bin: $(O)/tfa-gicv%/bl31.bin \
		$(devices_out)/stack_roots.txt FORCE
	+$(Q)flock $(devices_out)/lock $(MAKE) --no-print-directory \
		O=$(devices_out) IMAGE_DEFINES='$(IMAGE_DEFINES) -Itest' \
		IMAGE_EXTRA='$(devices_secure_src)' \
		IMAGE_STACK_ROOTS=$(devices_out)/stack_roots.txt image
	$(Q)scripts/flash.sh $(<D) $(devices_out) $@

$(bare_out)/devices-gicv2 $(bare_out)/devices-gicv3: \
		$(bare_out)/devices-gicv%: mk/devices.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec $(call \
		bare_boot,devices,$(devices_out)/flash-gicv$*.bin,gicv$*) \
		--gic $* $(devices_options_v$*) --timeout 450' >$@
	$(Q)chmod +x $@

devices_options_v2 := --smp 4
devices_options_v3 := --smp 2 --cpu max

## check-devices    real devices, mapped and unmapped in the secure world
check-devices: $(bare_out)/devices-gicv2 $(bare_out)/devices-gicv3 \
		$(bare_out)/devices.bin $(devices_out)/flash-gicv2.bin \
		$(devices_out)/flash-gicv3.bin
	$(Q)TEST_TIMEOUT=480 scripts/tap-count.sh $(filter $(bare_out)/devices-gicv%,$^)

-include $(patsubst %.o,%.d,$(call bare_obj,$(devices_test_src)))

.PHONY: check-devices
