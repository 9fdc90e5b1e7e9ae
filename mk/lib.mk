# SPDX-License-Identifier: BSD-2-Clause
#
# The library by itself, for other kernels: libdynshm.a, its headers and
# dynshm.pc. It is freestanding: all it wants from the kernel is memset() and
# memcpy(), and it has no variables. To link it takes two things more:
#
#   * the linker script keeps .extable: pairs of 64-bit addresses, of an
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

# Of arch/$(ARCH), what implements arch/cpu.h; and the table format it has.
lib_arch_src_aarch64 := access.S descriptors.S
lib_format_aarch64 := lpae
lib_target_aarch64 := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics
lib_format := $(lib_format_$(ARCH))
lib_lock := $(if $(filter extern,$(LIB_LOCK)),arch/extern,arch/$(ARCH))

lib_out := $(O)/lib
lib_obj_out := $(lib_out)/$(ARCH)
lib_archive := $(lib_out)/libdynshm.a
lib_src := $(wildcard src/*.c) $(addprefix arch/$(ARCH)/,$(lib_arch_src_$(ARCH)))
lib_obj := $(patsubst %,$(lib_obj_out)/%.o,$(basename $(lib_src)))
lib_headers := $(wildcard include/dynshm/*.h)
lib_arch_headers := arch/cpu.h arch/$(lib_format)/pt_format.h \
	arch/$(ARCH)/cpu_impl.h \
	$(wildcard $(lib_lock)/cpu_lock.h arch/$(ARCH)/cpu_irq.h)
lib_flags := $(lib_target_$(ARCH)) -std=c11 -ffreestanding -O2 -fno-common \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-strict-aliasing -ffunction-sections -fdata-sections -Wall -Wextra \
	-Wconversion -Wshadow -Wvla -Werror -MMD -MP \
	$(if $(filter 1,$(DEBUG)),-g) -Iinclude -I$(lib_lock) -Iarch \
	-Iarch/$(lib_format) -Iarch/$(ARCH)

## lib              libdynshm.a for other kernels (ARCH=aarch64, LIB_LOCK=own)
lib: $(lib_archive)

$(lib_obj_out)/flags: FORCE
	$(if $(lib_format),,$(error ARCH=$(ARCH): there is only aarch64 yet))
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(CC) $(lib_flags) $(lib_src)' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(lib_obj): $(lib_obj_out)/flags | image-packages

$(lib_obj_out)/%.o: %.c
	$(call say,CC,$< (lib))
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(lib_flags) -c $< -o $@

$(lib_obj_out)/%.o: %.S
	$(call say,AS,$< (lib))
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(lib_flags) -c $< -o $@

# One object, in which only what a header names is visible from outside.
$(lib_obj_out)/dynshm.o: $(lib_obj) $(lib_headers) $(lib_arch_headers)
	$(Q)$(CROSS_COMPILE)ld -r -o $@.all $(lib_obj)
	$(Q)$(CC) $(filter-out -MMD -MP,$(lib_flags)) -E -P -x c \
		$(addprefix -include ,$(lib_headers)) /dev/null | grep -oE '\w+' | \
		LC_ALL=C sort -u >$(@D)/words
	$(Q)$(CROSS_COMPILE)nm -g --defined-only $@.all | cut -d ' ' -f 3 | \
		LC_ALL=C sort | LC_ALL=C comm -12 - $(@D)/words >$(@D)/public
	$(Q)$(OBJCOPY) --keep-global-symbols=$(@D)/public $@.all $@

$(lib_archive): $(lib_obj_out)/dynshm.o
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(CROSS_COMPILE)ar rcs $@ $<

# Installed headers include each other as <dynshm/...> and <dynshm/arch/...>, so
# that no name of ours stands in the way of the kernel's own <cpu.h>.
lib_install_header = sed -E \
	's,^(\#include <)((cpu|cpu_impl|cpu_irq|cpu_lock|pt_format)\.h>),\1dynshm/arch/\2,' $(1) \
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
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image host

## check-install    use the installed library as another kernel would
check-install: $(lib_archive) | install-packages
	+$(Q)MAKE='$(MAKE)' CC='$(CC)' CROSS_COMPILE=$(CROSS_COMPILE) O='$(O)' \
		scripts/check_install.sh

-include $(lib_obj:.o=.d)

.PHONY: lib install install-packages check-install
