# SPDX-License-Identifier: BSD-2-Clause
#
# examples/kernel/: another secure kernel, built from the installed package
# alone and run in QEMU.

example_out := $(abspath $(O))/example
example_root := $(example_out)/root/usr
example_env = env PKG_CONFIG_SYSROOT_DIR=$(example_out)/root \
	PKG_CONFIG_LIBDIR=$(example_root)/lib/pkgconfig

$(example_out)/run: mk/example.mk
	$(Q)mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\n%s\n' 'exec $(example_env) $(MAKE) -s \
		-C examples/kernel O=$(example_out)/kernel \
		CROSS_COMPILE=$(CROSS_COMPILE) run' >$@
	$(Q)chmod +x $@

# For the example the kernel's lock is its own.
example-install: | install-packages
	+$(Q)$(MAKE) --no-print-directory O=$(example_out)/dynshm LIB_LOCK=extern \
		PREFIX=/usr DESTDIR=$(example_out)/root install

## check-example    a small kernel of its own that embeds the installed library
check-example: $(example_out)/run example-install
	$(Q)scripts/packages.sh boot
	+$(Q)$<

.PHONY: check-example example-install
