# SPDX-License-Identifier: BSD-2-Clause
#
# The library in a secure world of its own on QEMU, without firmware or normal
# world: its tables against the processor's translation. A program for each
# architecture and table format, out of the same tests; a new
# test/mmu/<name>_test.c is picked up by its name and listed in main.c.
#
# mmu_ARCH_...: how that architecture is compiled; mmu_KIND_...: a program.

mmu_out := $(O)/mmu
mmu_kinds := aarch64-lpae arm-short_desc arm-lpae
mmu_test_src := $(wildcard test/mmu/*.c) kernel/console.c kernel/string.c

# Calls that test/mmu/gap.c, and test/mmu/arm/clean_test.c, look at.
mmu_wraps := --wrap=tlb_batch_finish
mmu_wraps_arm := --wrap=cpu_read_mmfr3 --wrap=cpu_read_ctr \
	--wrap=cpu_clean_line
# What only the image of that architecture has of its port.
mmu_src_aarch64 := arch/aarch64/fault.c arch/aarch64/memory.c

mmu_cc_aarch64 := $(CROSS_COMPILE)
mmu_flags_aarch64 := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
	-mcmodel=small
mmu_qemu_aarch64 := qemu-system-aarch64

mmu_cc_arm = $(CROSS_COMPILE32)
mmu_flags_arm = $(lib_target_arm_$(1)) -marm -mfloat-abi=soft -Iarch/arm/$(1)
mmu_qemu_arm := qemu-system-arm

# Processors that each program runs on. On a Cortex-A7 the addresses are divided
# (test/mmu/arm/short_desc/regime.c).
mmu_cpus_aarch64-lpae := cortex-a57 max
mmu_cpus_arm-short_desc := cortex-a15 cortex-a7
mmu_cpus_arm-lpae := cortex-a15

mmu_arch = $(firstword $(subst -, ,$(1)))
mmu_format = $(lastword $(subst -, ,$(1)))
mmu_src = $(wildcard src/*.c) $(addprefix arch/$(call mmu_arch,$(1))/,\
	$(lib_arch_src_$(call mmu_arch,$(1)))) \
	$(mmu_src_$(call mmu_arch,$(1))) $(mmu_test_src) \
	$(wildcard test/mmu/$(call mmu_format,$(1))/*.c) \
	$(wildcard test/mmu/$(call mmu_arch,$(1))/*.[cS]) \
	$(wildcard test/mmu/$(subst -,/,$(1))/*.c)
mmu_obj = $(patsubst %,$(mmu_out)/$(1)/%.o,$(basename $(call mmu_src,$(1))))
mmu_flags = $(call mmu_flags_$(call mmu_arch,$(1)),$(call mmu_format,$(1))) \
	-std=c11 -g -O2 -ffreestanding \
	-fno-builtin -fno-common -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing \
	-fno-tree-loop-distribute-patterns -ffunction-sections -Wall -Wextra \
	-Wconversion -Wshadow -Werror -Iinclude -I. -Icompat -Itest/mmu -Iarch \
	-Iarch/$(call mmu_format,$(1)) -Iarch/$(call mmu_arch,$(1)) \
	-isystem kernel/libc -MMD -MP

# Silent when the packages are there; root gets them installed.
mmu-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image arm

# $(1): kind
define mmu_rules
$(mmu_out)/$(1)/%.o: %.c mk/mmu.mk | mmu-packages
	$$(call say,CC,$$< ($(1)))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(mmu_cc_$(call mmu_arch,$(1)))gcc $(call mmu_flags,$(1)) -c $$< -o $$@

$(mmu_out)/$(1)/%.o: %.S mk/mmu.mk | mmu-packages
	$$(call say,AS,$$< ($(1)))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(mmu_cc_$(call mmu_arch,$(1)))gcc $(call mmu_flags,$(1)) -c $$< -o $$@

$(mmu_out)/$(1)/mmu.bin: $(call mmu_obj,$(1)) \
		test/mmu/mmu.ld
	$$(call say,LD,$$@)
	$$(Q)$(mmu_cc_$(call mmu_arch,$(1)))ld -static -nostdlib --fatal-warnings \
		--no-warn-rwx-segments -z noexecstack --build-id=none \
		$(mmu_wraps) $(mmu_wraps_$(call mmu_arch,$(1))) \
		-T test/mmu/mmu.ld -o $$(@:.bin=.elf) \
		$$(filter %.o,$$^)
	$$(Q)$(mmu_cc_$(call mmu_arch,$(1)))objcopy -O binary $$(@:.bin=.elf) $$@

-include $(patsubst %.o,%.d,$(call mmu_obj,$(1)))
endef
$(foreach kind,$(mmu_kinds),$(eval $(call mmu_rules,$(kind))))

# What scripts/tap-count.sh runs: one program on one processor.
mmu_runs := $(foreach kind,$(mmu_kinds),$(foreach cpu,$(mmu_cpus_$(kind)),\
	$(mmu_out)/$(kind)/$(kind)-$(cpu)))
mmu_kind_of = $(notdir $(patsubst %/,%,$(dir $(1))))

$(mmu_runs): mk/mmu.mk | $(mmu_out)
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' \
		'exec $(mmu_qemu_$(call mmu_arch,$(call mmu_kind_of,$@))) \
		-machine virt,secure=on -cpu $(@F:$(call mmu_kind_of,$@)-%=%) -smp 2 -m 2048 \
		-display none -monitor none -net none -serial stdio -semihosting \
		-bios $(@D)/mmu.bin </dev/null' >$@ && chmod +x $@

# And the port's instructions, as they are in the program: what they have to be
# is said for the architecture, and for its table format.
mmu_sequence_files = $(wildcard $(addsuffix /sequences.txt,\
	test/mmu/$(call mmu_arch,$(1)) test/mmu/$(subst -,/,$(1))))
mmu_sequences := $(foreach kind,$(mmu_kinds),\
	$(mmu_out)/$(kind)/$(kind)-sequences)

$(mmu_sequences): mk/mmu.mk | $(mmu_out)
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec scripts/sequences.sh \
		$(mmu_cc_$(call mmu_arch,$(call mmu_kind_of,$@)))objdump \
		$(@D)/mmu.elf $(call mmu_sequence_files,$(call mmu_kind_of,$@))' >$@ && \
		chmod +x $@

$(mmu_out):
	$(Q)mkdir -p $@

## check-mmu        the library's tables against the processor's translation
check-mmu: $(mmu_runs) $(mmu_sequences) \
		$(foreach kind,$(mmu_kinds),$(mmu_out)/$(kind)/mmu.bin)
	$(Q)scripts/packages.sh boot
	$(Q)TEST_TIMEOUT=300 scripts/tap-count.sh $(mmu_runs) $(mmu_sequences)

.PHONY: check-mmu mmu-packages
