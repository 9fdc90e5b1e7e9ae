# SPDX-License-Identifier: BSD-2-Clause
#
# The stack that the image boots in: TF-A, Linux and a small file system, put together by scripts/. For others to
# depend on:
#
#   $(O)/flash-gicv2.bin, $(O)/flash-gicv3.bin   TF-A with the image from $(O)
#   $(O)/flash-new.bin, $(O)/flash-handoff.bin   the same with a newer TF-A, for GICv3, without and with transfer lists
#   $(O)/linux/vmlinuz                           the kernel, for scripts/boot.sh
#   $(O)/user/                                   arm64 libteec: usr/include/tee_client_api.h and so on
#   $(O)/NAME.cpio.gz                            a file system with the files in NAME_FILES (SRC:DEST ...) and the
#                                                kernel modules in NAME_MODULES added; any .mk file may set them
#
# linux and user are links into a cache that other checkouts share: write nothing there.

## packages         install the Debian packages that everything needs (or name them)
packages:
	$(Q)scripts/packages.sh all

## fetch            fetch both sources of the firmware, the kernel and user space into the cache
fetch:
	$(Q)scripts/fetch.sh tfa tfa-new libfdt linux user

## tfa              build TF-A for GICv2
tfa: $(O)/tfa-gicv2/bl31.bin

## tfa-gicv3        build TF-A for GICv3
tfa-gicv3: $(O)/tfa-gicv3/bl31.bin

## flash            the flash images that QEMU starts from, one for each TF-A
flash: $(O)/flash-gicv2.bin $(O)/flash-gicv3.bin

.PHONY: packages fetch tfa tfa-gicv3 flash

$(O)/linux/vmlinuz:
	$(Q)scripts/fetch.sh --link $(O) linux

$(O)/user/usr/include/tee_client_api.h:
	$(Q)scripts/fetch.sh --link $(O) user

$(O)/tfa-gicv2/bl31.bin $(O)/tfa-gicv3/bl31.bin: $(O)/tfa-gicv%/bl31.bin: scripts/tfa.sh
	$(call say,TFA,$(@D))
	$(Q)rm -f $@
	$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/tfa.sh --gic $* $(@D)

tfa_handoff := --handoff
$(O)/tfa-new/bl31.bin $(O)/tfa-handoff/bl31.bin: $(O)/tfa-%/bl31.bin: scripts/tfa.sh
	$(call say,TFA,$(@D))
	$(Q)rm -f $@
	$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/tfa.sh --new $(tfa_$*) --gic 3 $(@D)

flashes := $(foreach tfa,gicv2 gicv3 new handoff,$(O)/flash-$(tfa).bin)
$(flashes): $(O)/flash-%.bin: $(O)/tfa-%/bl31.bin \
		$(O)/tee-header_v2.bin $(O)/tee-pager_v2.bin scripts/flash.sh
	$(call say,FLASH,$@)
	$(Q)scripts/flash.sh $(<D) $(O) $@

boot_sources = $(foreach file,$($(1)_FILES),$(firstword $(subst :, ,$(file))))

# The file lists are read when all .mk files have had their say.
.SECONDEXPANSION:
.PRECIOUS: $(O)/%.cpio.gz
$(O)/%.cpio.gz: $$(call boot_sources,$$*) scripts/initramfs.sh scripts/init.sh \
		$(O)/linux/vmlinuz $(O)/user/usr/include/tee_client_api.h
	$(call say,CPIO,$@)
	$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/initramfs.sh $(addprefix --module ,$($*_MODULES)) $@ $($*_FILES)
