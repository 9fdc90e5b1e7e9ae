# SPDX-License-Identifier: BSD-2-Clause
#
# The secure-world image. A new kernel/*.c, src/*.c, abi/*.c, pta/*.c or
# compat/*.c is picked up by its name. Build constants:
# IMAGE_DEFINES='-DMAX_CORES=4 ...'; C files from elsewhere that are to be part
# of an image: IMAGE_EXTRA='...', and what the stack check has to know of them:
# IMAGE_STACK_ROOTS.

CACHE ?= $(or $(DYNSHM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dynshm)
LIBFDT_DIR ?= $(CACHE)/libfdt
IMAGE_STACK_ROOTS ?= kernel/stack_roots.txt
# Where TF-A loads the image, and so where it is linked.
BL32_BASE ?= 0x0e100000

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
OBJCOPY ?= $(CROSS_COMPILE)objcopy
image_ld ?= $(CROSS_COMPILE)ld

image_out := $(O)/image
image_elf := $(O)/dynshm.elf
image_src := $(wildcard kernel/*.c kernel/*/*.c arch/aarch64/*.c \
	arch/aarch64/*.S src/*.c abi/*.c pta/*.c compat/*.c) $(IMAGE_EXTRA)
image_fdt_src := $(addprefix libfdt/,fdt.c fdt_addresses.c fdt_ro.c fdt_rw.c \
	fdt_strerror.c fdt_wip.c)
image_obj := $(patsubst %,$(image_out)/%.o,$(basename $(image_src)))
image_fdt_obj := $(patsubst %.c,$(image_out)/%.o,$(image_fdt_src))

image_is_clang := $(shell $(CC) --version 2>/dev/null | grep -c clang)

image_includes := -Iinclude -I. -Icompat -Iarch -Iarch/lpae \
	-Iarch/aarch64 -isystem kernel/libc -isystem $(LIBFDT_DIR)
# No floating-point registers, which trap to EL3, and no outlined atomics,
# which are in a library we do not have. Stack canaries would need an entropy
# source before the first call; stacks have guard pages and a checked depth.
image_target := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
	-mcmodel=small
image_flags := $(image_target) -std=c11 -ffreestanding -O2 -fno-common \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fno-strict-aliasing -ffunction-sections \
	-fdata-sections -fstack-usage -Wall -Wextra -Wconversion -Wshadow \
	-Wvla -Werror -MMD -MP
ifeq ($(image_is_clang),0)
image_flags += -fcallgraph-info=su
endif
image_flags += $(if $(filter 1,$(DEBUG)),-g,-DNDEBUG) $(IMAGE_DEFINES)
image_ldflags := -static -nostdlib --gc-sections --fatal-warnings \
	--no-warn-rwx-segments -z noexecstack -z max-page-size=4096 --build-id=none \
	--defsym=BL32_BASE=$(BL32_BASE) -T kernel/image.ld

## image            the secure-world image (V=1, DEBUG=1, O=folder)
image: $(O)/tee-header_v2.bin $(O)/tee-pager_v2.bin
	$(Q)printf '  %-7s %s: %u bytes, %u KiB of secure RAM with bss\n' SIZE \
		$(O)/tee-pager_v2.bin $$(stat -c %s $(O)/tee-pager_v2.bin) \
		$$(($$($(CROSS_COMPILE)size $(image_elf) | \
		awk 'NR == 2 { print $$4 }') / 1024))

# Silent when the packages are there; root gets them installed.
image-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image

$(LIBFDT_DIR)/libfdt.h:
	$(call say,FETCH,libfdt)
	$(Q)scripts/fetch.sh libfdt

# The sources come with it; on a fresh machine they are not there yet when make
# looks for a way to build the objects.
$(image_fdt_src:libfdt/%=$(LIBFDT_DIR)/%): $(LIBFDT_DIR)/libfdt.h ;

# A new version or other options make new objects; nothing else does.
image_version := $(shell GIT_OPTIONAL_LOCKS=0 git describe --tags --always \
	--dirty 2>/dev/null || echo unknown)
$(image_out)/version.h: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '#define DYNSHM_VERSION "$(image_version)"' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(image_out)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(CC) $(image_flags) $(BL32_BASE) $(image_src)' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(image_obj) $(image_fdt_obj): $(image_out)/flags | image-packages \
	$(LIBFDT_DIR)/libfdt.h
$(image_out)/kernel/main.o: $(image_out)/version.h
$(image_out)/kernel/main.o: image_file_flags := -include \
	$(image_out)/version.h
# Run with the MMU off, where all memory is Device memory.
$(addprefix $(image_out)/,arch/aarch64/boot_map.o compat/attributes.o \
	compat/static_map.o kernel/memory_map.o): image_file_flags := -mstrict-align
# Or its loops would become calls of themselves.
$(image_out)/kernel/string.o: image_file_flags := -fno-builtin \
	$(if $(filter 0,$(image_is_clang)),-fno-tree-loop-distribute-patterns)
# Not our code, not our warnings.
$(image_fdt_obj): image_file_flags := -w

$(image_out)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(image_flags) $(image_file_flags) $(image_includes) \
		-c $< -o $@

$(image_out)/%.o: %.S
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(image_target) -MMD -MP $(IMAGE_DEFINES) \
		$(image_includes) -c $< -o $@

$(image_out)/libfdt/%.o: $(LIBFDT_DIR)/%.c
	$(call say,CC,libfdt/$*.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(image_flags) $(image_file_flags) $(image_includes) \
		-c $< -o $@

$(image_elf): $(image_obj) $(image_fdt_obj) kernel/image.ld
	$(call say,LD,$@)
	$(Q)$(image_ld) $(image_ldflags) -Map=$(O)/dynshm.map -o $@ \
		$(image_obj) $(image_fdt_obj)

$(O)/tee-pager_v2.bin: $(image_elf) $(image_out)/stack_depth
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) -O binary $(image_elf) $@

$(O)/tee-header_v2.bin: $(O)/tee-pager_v2.bin scripts/make_header.sh
	$(call say,HEADER,$@)
	$(Q)scripts/make_header.sh $< $(BL32_BASE) >$@

# Worst-case stack depth; only gcc writes the call graph.
$(image_out)/stack_depth: $(image_elf) scripts/stack_depth.py \
		$(IMAGE_STACK_ROOTS)
ifeq ($(image_is_clang),0)
	$(Q)scripts/stack_depth.py $(IMAGE_STACK_ROOTS) \
		$(patsubst %.c,$(image_out)/%.ci,$(filter %.c,$(image_src)) \
		$(image_fdt_src))
endif
	$(Q)touch $@

-include $(patsubst %.o,%.d,$(image_obj) $(image_fdt_obj))

FORCE:

.PHONY: image image-packages FORCE
