# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that run on the bare machine in the normal world's place, behind the
# real firmware and the real image. What they share is in test/bare/ and
# bench/bare/; mk/target.mk and mk/hyp.mk have the programs.

bare_out := $(O)/bare
# Each program brings its own start.S, and tests bring their runner.
bare_lib_src := $(addprefix test/bare/,call.c console.c cores.c gic.c memory.c \
	service.c)
bare_tap_src := test/bare/tap.c
bare_bench_src := bench/bare/measure.c
bare_obj = $(patsubst %,$(bare_out)/%.o,$(basename $(1)))

bare_flags := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
	-mcmodel=small -std=c11 -g -O2 -ffreestanding -fno-builtin -fno-common \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-tree-loop-distribute-patterns -ffunction-sections -Wall -Wextra \
	-Wconversion -Wshadow -Werror -I. -Itest/bare -MMD -MP

$(bare_out)/%.o: %.c mk/bare.mk | image-packages
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(bare_flags) -c $< -o $@

$(bare_out)/%.o: %.S mk/bare.mk | image-packages
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(bare_flags) -c $< -o $@

# A program: $(bare_out)/NAME.elf depends on its objects.
$(bare_out)/%.elf: test/bare/bare.ld
	$(call say,LD,$@)
	$(Q)$(image_ld) -static -nostdlib --gc-sections --fatal-warnings \
		--no-warn-rwx-segments -z noexecstack --build-id=none \
		-T test/bare/bare.ld -o $@ $(filter %.o,$^)

$(bare_out)/%.bin: $(bare_out)/%.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

# bare_boot(program, flash image, name of the machine)
bare_boot = scripts/boot.sh --kernel $(bare_out)/$(1).bin --flash $(2) \
	--secure-log $(bare_out)/$(1)-$(3)-secure.log

.SECONDARY: $(patsubst %.c,$(bare_out)/%.o,$(bare_lib_src) $(bare_tap_src) \
	$(bare_bench_src))
