# SPDX-License-Identifier: BSD-2-Clause
#
# One file per subject lives in mk/; this one only names the targets.
#
#   make            the secure-world image: tee-header_v2.bin, tee-pager_v2.bin
#   make run        boot TF-A, the image and Linux in QEMU, and run the demo
#   make check      every test; make check-host alone takes seconds
#   make help       all of them

O ?= build
V ?= 0
DEBUG ?= 0
CROSS_COMPILE ?= aarch64-linux-gnu-

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),@:,@printf '  %-7s %s\n' '$(1)' '$(2)')

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

include $(sort $(wildcard mk/*.mk))

all: image

help:
	@sed -n 's/^#   make/make/p' Makefile
	@grep -h '^## ' mk/*.mk | sed 's/^## /  /'

clean:
	$(Q)rm -rf $(O)

.PHONY: all help clean
