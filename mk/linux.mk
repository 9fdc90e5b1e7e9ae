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

# boot(flash, initramfs); options may follow
linux_boot = scripts/boot.sh --flash $(1) --kernel $(O)/linux/vmlinuz \
	--initramfs $(O)/$(2).cpio.gz

## shmctl           the Linux tool (see shmctl --help in a booted machine)
shmctl: $(shmctl)

## run              boot Linux behind the image and share memory up to 512 MiB
run: $(O)/flash-gicv2.bin $(O)/shmctl.cpio.gz
	$(Q)plain=$$(test -t 1 || echo ,--plain); \
	$(call linux_boot,$<,shmctl) --timeout 300 \
		--append "quiet dynshm.run=/bin/shmctl,demo$$plain"

-include $(patsubst %.o,%.d,$(call linux_obj,$(linux_tool_src) \
	$(linux_common_src) $(linux_test_src) $(linux_help_src)))

.PHONY: shmctl run
.SECONDARY: $(call linux_obj,$(linux_test_src))
