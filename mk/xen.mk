# SPDX-License-Identifier: BSD-2-Clause
#
# Linux as the first guest of Xen, behind the image; and the tests that run
# there, which make further guests and kill them. Those guests run a program of
# their own, test/xen/guest/. A new test/xen/<name>_test.c is picked up by its
# name; run.sh says which of them run.

xen_out := $(O)/xen
xen_headers := $(xen_out)/include/xen/interface/xen.h

xen_test_src := $(wildcard test/xen/*_test.c)
xen_help_src := $(filter-out $(xen_test_src),$(wildcard test/xen/*.c)) \
	test/linux/tap.c
xen_tests := $(patsubst test/xen/%.c,$(linux_out)/xen/%,$(xen_test_src))
xen_obj := $(call linux_obj,$(xen_test_src) $(xen_help_src))

xen_guest_src := $(wildcard test/xen/guest/*.c test/xen/guest/*.S)
xen_guest_obj := $(patsubst %,$(xen_out)/%.o,$(basename $(xen_guest_src)))
xen_guest_flags := -march=armv8-a -mgeneral-regs-only -mstrict-align -std=c11 \
	-O2 -ffreestanding -fno-builtin -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-Wall -Wextra -Wconversion -Wshadow -Werror -I. -MMD -MP

## xen              build the Xen hypervisor
xen: $(xen_out)/xen

$(xen_out)/xen: scripts/xen.sh
	$(call say,XEN,$@)
	$(Q)rm -f $@
	$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/xen.sh $(@D)

# As Linux calls them: its privcmd.h includes them by these names.
$(xen_headers):
	$(Q)scripts/fetch.sh --link $(xen_out)/source xen
	$(Q)mkdir -p $(dir $(@D))
	$(Q)ln -sfnT ../../source/xen/xen/include/public $(@D)

$(xen_obj): linux_cflags += -isystem $(xen_out)/include
$(xen_obj): | $(xen_headers)

$(xen_tests): $(linux_out)/xen/%: $(linux_out)/test/xen/%.o \
		$(call linux_obj,$(xen_help_src) $(linux_common_src))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(linux_cc) -pthread $^ -o $@

$(xen_out)/test/xen/guest/%.o: test/xen/guest/%.c mk/xen.mk | image-packages
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(linux_cc) $(xen_guest_flags) -c $< -o $@

$(xen_out)/test/xen/guest/%.o: test/xen/guest/%.S mk/xen.mk | image-packages
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(linux_cc) $(xen_guest_flags) -c $< -o $@

$(xen_out)/guest.bin: $(xen_guest_obj) test/xen/guest/guest.ld
	$(call say,LINK,$@)
	$(Q)$(linux_cc) -nostdlib -static -Wl,--build-id=none \
		-Wl,--no-warn-rwx-segments -T test/xen/guest/guest.ld \
		-o $(@:.bin=.elf) $(xen_guest_obj)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $(@:.bin=.elf) $@

# Those of test/linux/ that stay within what Xen lets a guest share.
xen_linux_tests := gp_errors_test

xen-test_MODULES := xen-privcmd
xen-test_FILES := test/xen/run.sh:run.sh $(shmctl):bin/shmctl \
	$(xen_out)/guest.bin:lib/guest.bin \
	$(foreach test,$(xen_linux_tests),$(linux_out)/$(test):bin/$(test)) \
	$(foreach test,$(xen_tests),$(test):bin/$(notdir $(test)))

XEN_PARTS ?=
empty :=
xen_args = $(subst $(empty) $(empty),$(comma),/run.sh $(XEN_PARTS))
xen_check := $(linux_out)/check/xen

$(xen_check): mk/xen.mk FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' '#!/bin/sh' 'exec $(call \
		linux_boot,$(O)/flash-gicv2.bin,xen-test) --timeout 450 \
		--xen $(xen_out)/xen --mem 2048 \
		--secure-log $(xen_check).secure.log --log $(xen_check).log \
		--append "quiet dynshm.run=$(xen_args)"' >$@ && chmod +x $@

## check-xen        dom0, guests and their deaths (XEN_PARTS='guest life100' for some)
check-xen: $(xen_check) $(O)/xen-test.cpio.gz $(O)/flash-gicv2.bin \
		$(xen_out)/xen
	$(Q)TEST_TIMEOUT=480 scripts/tap-count.sh $(xen_check)

# What clang-tidy and cppcheck need for test/xen/.
lint: | $(xen_headers)
lint: export LINT_LINUX += -isystem $(xen_out)/include

-include $(xen_obj:.o=.d) $(xen_guest_obj:.o=.d)

.PHONY: xen check-xen
.SECONDARY: $(xen_obj) $(xen_guest_obj)
