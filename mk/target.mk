# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that take Linux's place behind the real firmware and the real image:
# test/target/ checks every answer of the interface, bench/target/ counts
# instructions. A new C file in either is picked up by its name.

target_out := $(O)/target
target_lib_src := $(addprefix test/target/,start.S call.c console.c cores.c \
	gic.c memory.c service.c)
target_test_src := $(target_lib_src) $(filter-out $(target_lib_src), \
	$(wildcard test/target/*.c))
target_bench_src := $(target_lib_src) $(wildcard bench/target/*.c)
target_obj = $(patsubst %,$(target_out)/%.o,$(basename $(1)))

target_flags := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
	-mcmodel=small -std=c11 -g -O2 -ffreestanding -fno-builtin -fno-common \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -ffunction-sections -Wall -Wextra \
	-Wconversion -Wshadow -Werror -I. -MMD -MP

$(target_out)/%.o: %.c mk/target.mk | image-packages
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(target_flags) -c $< -o $@

$(target_out)/%.o: %.S mk/target.mk | image-packages
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(target_flags) -c $< -o $@

$(target_out)/test.elf: $(call target_obj,$(target_test_src))
$(target_out)/bench.elf: $(call target_obj,$(target_bench_src))
$(target_out)/test.elf $(target_out)/bench.elf: test/target/target.ld
	$(call say,LD,$@)
	$(Q)$(image_ld) -static -nostdlib --gc-sections --fatal-warnings \
		--no-warn-rwx-segments -z noexecstack --build-id=none \
		-T test/target/target.ld -o $@ $(filter %.o,$^)

$(target_out)/%.bin: $(target_out)/%.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

target_boot = scripts/boot.sh --kernel $(target_out)/$(1).bin \
	--flash $(O)/flash-gicv$(2).bin --gic $(2) \
	--secure-log $(target_out)/$(1)-gicv$(2)-secure.log

# What scripts/tap-count.sh runs: one machine for each TF-A.
$(target_out)/check-gicv2 $(target_out)/check-gicv3: $(target_out)/check-gicv%: \
		mk/target.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec $(call target_boot,test,$*) \
		$(target_check_v$*) --reserve 0x7f000000,0x100000 \
		--timeout 240' >$@
	$(Q)chmod +x $@

target_check_v2 := --smp 4
target_check_v3 := --smp 2 --cpu max

## check-target     every answer of the interface, from a bare-metal normal world
check-target: $(target_out)/check-gicv2 $(target_out)/check-gicv3 \
		$(target_out)/test.bin $(O)/flash-gicv2.bin $(O)/flash-gicv3.bin
	$(Q)scripts/tap-count.sh $(filter $(target_out)/check-%,$^)

## bench-target     instructions of each call, seen from the normal world
bench-target: $(target_out)/bench.bin $(O)/flash-gicv2.bin
	$(Q)$(call target_boot,bench,2) --icount --smp 1 --timeout 300 | \
		sed -n '/^Shares/,$$p'

-include $(wildcard $(patsubst %.o,%.d,$(call target_obj, \
	$(target_test_src) $(target_bench_src))))

.PHONY: bench-target check-target
