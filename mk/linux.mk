# SPDX-License-Identifier: BSD-2-Clause
#
# What runs in Linux: shmctl, and the tests that drive the image through the
# stock driver. A new test/linux/<name>_test.c is picked up by its name; the
# other files there and those of client/ that shmctl does not keep to itself
# are linked to all of them.

linux_out := $(O)/client
linux_cc := $(CROSS_COMPILE)gcc
linux_cflags := -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wconversion \
	-Wshadow -Werror -Iinclude -I. -Iclient -isystem $(O)/user/usr/include \
	-MMD -MP
linux_libs := -L$(O)/user/usr/lib/aarch64-linux-gnu -lteec

linux_tool_src := $(wildcard client/shmctl*.c client/bench*.c)
linux_common_src := $(filter-out $(linux_tool_src),$(wildcard client/*.c))
linux_test_src := $(wildcard test/linux/*_test.c)
linux_help_src := $(filter-out $(linux_test_src),$(wildcard test/linux/*.c))
linux_obj = $(patsubst %.c,$(linux_out)/%.o,$(1))
linux_tests := $(patsubst test/linux/%.c,$(linux_out)/%,$(linux_test_src))

shmctl := $(linux_out)/shmctl

$(linux_out)/%.o: %.c | image-packages $(O)/user/usr/include/tee_client_api.h
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(linux_cc) $(linux_cflags) -c $< -o $@

$(shmctl): $(call linux_obj,$(linux_tool_src) $(linux_common_src))
	$(call say,LINK,$@)
	$(Q)$(linux_cc) -pthread $^ -o $@

$(linux_tests): $(linux_out)/%: $(linux_out)/test/linux/%.o \
		$(call linux_obj,$(linux_help_src) $(linux_common_src))
	$(call say,LINK,$@)
	$(Q)$(linux_cc) -pthread $^ $(linux_libs) -o $@

shmctl_FILES := $(shmctl):bin/shmctl
linux-test_FILES := test/linux/run.sh:run.sh $(shmctl):bin/shmctl \
	$(foreach test,$(linux_tests),$(test):bin/$(notdir $(test)))

comma := ,
# Where nobody watches, what the tools report in place becomes lines.
linux_plain = $$(test -t 1 || echo $(comma)--plain)

# boot(flash, initramfs); options may follow
linux_boot = scripts/boot.sh --flash $(1) --kernel $(O)/linux/vmlinuz \
	--initramfs $(O)/$(2).cpio.gz

## shmctl           the Linux tool (see shmctl --help in a booted machine)
shmctl: $(shmctl)

## run              boot Linux behind the image and share memory up to 512 MiB
run: $(O)/flash-gicv2.bin $(O)/shmctl.cpio.gz
	$(Q)$(call linux_boot,$<,shmctl) --timeout 300 \
		--append "quiet dynshm.run=/bin/shmctl$(comma)demo$(linux_plain)"

# The same tests on several machines; each is a program that prints TAP, for
# scripts/tap-count.sh. machine_NAME: flash image, arguments of run.sh, options.
linux_machines := gicv2 gicv3 max no-rpc-arg
linux_flash_gicv2 := $(O)/flash-gicv2.bin
linux_flash_gicv3 := $(O)/flash-gicv3.bin
linux_flash_max := $(O)/flash-gicv3.bin
linux_flash_no-rpc-arg := $(O)/no-rpc-arg/flash-gicv2.bin
linux_list_gicv2 := all
linux_list_gicv3 := short
linux_list_max := short
linux_list_no-rpc-arg := short
linux_options_gicv3 := --gic 3
linux_options_max := --gic 3 --cpu max

linux_machine = $(linux_out)/check/linux-$(1)
linux_checks := $(foreach m,$(linux_machines),$(call linux_machine,$(m)))

$(linux_checks): $(linux_out)/check/linux-%: mk/linux.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' '#!/bin/sh' 'exec $(call \
		linux_boot,$(linux_flash_$*),linux-test) --timeout 450 \
		--secure-log $(linux_out)/check/$*.secure.log \
		--log $(linux_out)/check/$*.log $(linux_options_$*) --append \
		"quiet dynshm.modules=none dynshm.run=/run.sh$(comma)$(linux_list_$*)"' \
		>$@ && chmod +x $@

# An image that does not offer RPC_ARG: Linux then takes another path.
$(O)/no-rpc-arg/flash-gicv2.bin: FORCE
	$(Q)$(MAKE) --no-print-directory O=$(O)/no-rpc-arg \
		IMAGE_DEFINES='$(IMAGE_DEFINES) -DRPC_ARG=0' image
	$(Q)scripts/flash.sh $(O)/tfa-gicv2 $(O)/no-rpc-arg $@

## check-linux      the driver's tests in Linux, on four kinds of machine
check-linux: $(linux_checks) $(O)/linux-test.cpio.gz \
		$(foreach m,$(linux_machines),$(linux_flash_$(m)))
	$(Q)TEST_TIMEOUT=480 scripts/tap-count.sh $(linux_checks)

## bench-linux      cost of sharing in instructions, share and whole; the largest buffer
bench-linux: $(O)/flash-gicv2.bin $(O)/shmctl.cpio.gz | bench-target
	$(Q)$(call linux_boot,$<,shmctl) --icount --timeout 600 \
		--append "quiet dynshm.run=/bin/shmctl$(comma)bench"
	$(Q)$(call linux_boot,$<,shmctl) --mem 4096 --timeout 300 \
		--append "quiet dynshm.run=/bin/shmctl$(comma)big$(linux_plain)$(comma)2000M"

-include $(patsubst %.o,%.d,$(call linux_obj,$(linux_tool_src) \
	$(linux_common_src) $(linux_test_src) $(linux_help_src)))

.PHONY: shmctl run check-linux bench-linux
.SECONDARY: $(call linux_obj,$(linux_test_src))
