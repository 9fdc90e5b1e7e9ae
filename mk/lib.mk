# SPDX-License-Identifier: BSD-2-Clause
#
# The library by itself, for other kernels: libdynshm.a, its headers and
# dynshm.pc. It is freestanding: all it wants from the kernel is memset() and
# memcpy(), and it has no variables. To link it takes two things more:
#
#   * the linker script keeps .extable: pairs of addresses, of an
#     instruction in access_read() or access_write() that may fault, and of
#     where to go on then;
#   * the kernel's handler of data aborts at its own level looks the faulting
#     instruction up there and returns to the second address.
#
# arch/aarch64/fault.c does this for our image.
#
# LIB_LOCK=extern leaves the lock to the kernel, which then has spin_lock() and
# spin_unlock() as arch/extern/cpu_lock.h describes them.

ARCH ?= aarch64
PREFIX ?= /usr/local
LIB_LOCK ?= own
LIB_VERSION ?= 0.1.0

# Of arch/$(ARCH), what implements arch/cpu.h; the table formats it has, the
# first one unless FORMAT says another; and what it is compiled with. ARMv7 has
# short descriptors, or long ones where the core knows them.
CROSS_COMPILE32 ?= arm-linux-gnueabihf-
CC32 ?= $(CROSS_COMPILE32)gcc
lib_arch_src_aarch64 := access.S descriptors.S
lib_formats_aarch64 := lpae
lib_target_aarch64 := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics
lib_cc_aarch64 = $(CC)
lib_cross_aarch64 = $(CROSS_COMPILE)
lib_arch_src_arm := access.S cache.c divide.c tables.c
lib_formats_arm := short_desc lpae
lib_target_arm_short_desc := -march=armv7-a+mp
lib_target_arm_lpae := -march=armv7ve
lib_cc_arm = $(CC32)
lib_cross_arm = $(CROSS_COMPILE32)
FORMAT ?= $(firstword $(lib_formats_$(ARCH)))
lib_format := $(filter $(FORMAT),$(lib_formats_$(ARCH)))
lib_target_arm = $(lib_target_arm_$(lib_format)) -marm -mfloat-abi=soft
lib_cc = $(lib_cc_$(ARCH))
lib_cross = $(lib_cross_$(ARCH))
lib_lock := $(if $(filter extern,$(LIB_LOCK)),arch/extern,arch/$(ARCH))

lib_out := $(O)/lib
lib_obj_out := $(lib_out)/$(ARCH)-$(lib_format)
# That of the image's own processor has the short name.
lib_archive := $(if $(filter aarch64,$(ARCH)),$(lib_out),$(lib_obj_out))/libdynshm.a
lib_src := $(wildcard src/*.c) $(addprefix arch/$(ARCH)/,$(lib_arch_src_$(ARCH)))
lib_obj := $(patsubst %,$(lib_obj_out)/%.o,$(basename $(lib_src)))
lib_headers := $(wildcard include/dynshm/*.h)
lib_arch_headers := arch/cpu.h arch/$(lib_format)/pt_format.h \
	arch/$(ARCH)/cpu_impl.h \
	$(wildcard $(lib_lock)/cpu_lock.h arch/$(ARCH)/cpu_irq.h \
	arch/$(ARCH)/$(lib_format)/cpu_pte.h)
lib_flags := $(lib_target_$(ARCH)) -std=c11 -ffreestanding -O2 -fno-common \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-unwind-tables \
	-fno-strict-aliasing -ffunction-sections -fdata-sections -Wall -Wextra \
	-Wconversion -Wshadow -Wvla -Werror -MMD -MP \
	$(if $(filter 1,$(DEBUG)),-g) -Iinclude -I$(lib_lock) -Iarch \
	-Iarch/$(lib_format) -Iarch/$(ARCH) \
	$(if $(filter arm,$(ARCH)),-Iarch/arm/$(lib_format))

## lib              libdynshm.a (ARCH=aarch64 or arm, FORMAT=, LIB_LOCK=own)
lib: $(lib_archive)

$(lib_obj_out)/flags: FORCE
	$(if $(lib_format),,$(error ARCH=$(ARCH) FORMAT=$(FORMAT): \
		aarch64 has lpae; arm has short_desc and lpae))
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(lib_cc) $(lib_flags) $(lib_src)' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# Silent when the packages are there; root gets them installed.
lib-packages:
	$(Q)test ! -x scripts/packages.sh || \
		scripts/packages.sh image $(filter arm,$(ARCH))

$(lib_obj): $(lib_obj_out)/flags | lib-packages

$(lib_obj_out)/%.o: %.c
	$(call say,CC,$< (lib))
	$(Q)mkdir -p $(@D)
	$(Q)$(lib_cc) $(lib_flags) -c $< -o $@

$(lib_obj_out)/%.o: %.S
	$(call say,AS,$< (lib))
	$(Q)mkdir -p $(@D)
	$(Q)$(lib_cc) $(lib_flags) -c $< -o $@

# One object, in which only what a header names is visible from outside.
$(lib_obj_out)/dynshm.o: $(lib_obj) $(lib_headers) $(lib_arch_headers)
	$(Q)$(lib_cross)ld -r -o $@.all $(lib_obj)
	$(Q)$(lib_cc) $(filter-out -MMD -MP,$(lib_flags)) -E -P -x c \
		$(addprefix -include ,$(lib_headers)) /dev/null | grep -oE '\w+' | \
		LC_ALL=C sort -u >$(@D)/words
	$(Q)$(lib_cross)nm -g --defined-only $@.all | cut -d ' ' -f 3 | \
		LC_ALL=C sort | LC_ALL=C comm -12 - $(@D)/words >$(@D)/public
	$(Q)$(lib_cross)objcopy --keep-global-symbols=$(@D)/public $@.all $@

$(lib_archive): $(lib_obj_out)/dynshm.o
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(lib_cross)ar rcs $@ $<

# Installed headers include each other as <dynshm/...> and <dynshm/arch/...>, so
# that no name of ours stands in the way of the kernel's own <cpu.h>.
lib_install_header = sed -E \
	's,^(\#include <)((cpu|cpu_impl|cpu_irq|cpu_lock|cpu_pte|pt_format)\.h>),\1dynshm/arch/\2,' $(1) \
	>$(2)/$(notdir $(1)) && chmod 644 $(2)/$(notdir $(1))
lib_include_dir = $(DESTDIR)$(PREFIX)/include/dynshm
lib_pc_dir = $(DESTDIR)$(PREFIX)/lib/pkgconfig

## install          the library, its headers and dynshm.pc (DESTDIR=, PREFIX=)
install: $(lib_archive)
	$(Q)install -d $(lib_include_dir)/arch $(lib_pc_dir)
	$(Q)$(foreach h,$(lib_headers),\
		$(call lib_install_header,$(h),$(lib_include_dir)) &&) :
	$(Q)$(foreach h,$(lib_arch_headers),\
		$(call lib_install_header,$(h),$(lib_include_dir)/arch) &&) :
	$(Q)install -m 644 $(lib_archive) $(DESTDIR)$(PREFIX)/lib/
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' \
		'libdir=$${prefix}/lib' '' 'Name: dynshm' \
		'Description: Normal-world shared memory, mapped at run time' \
		'Version: $(LIB_VERSION)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -ldynshm' >$(lib_pc_dir)/dynshm.pc
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))

# Silent when the packages are there; root gets them installed.
install-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image host arm

## check-install    use the installed library as another kernel would
check-install: $(lib_archive) | install-packages
	+$(Q)MAKE='$(MAKE)' CC='$(CC)' CROSS_COMPILE=$(CROSS_COMPILE) O='$(O)' \
		CC32='$(CC32)' \
		CROSS_COMPILE32=$(CROSS_COMPILE32) scripts/check_install.sh

-include $(lib_obj:.o=.d)

.PHONY: lib lib-packages install install-packages check-install
