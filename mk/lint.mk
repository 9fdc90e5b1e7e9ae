# SPDX-License-Identifier: BSD-2-Clause
#
# Static checks, and the image and the host tests compiled once more, with
# clang. scripts/lint.sh does them; this says how each group of C files is
# compiled.

lint_out := $(O)/lint
lint_warnings := -Wall -Wextra -Wconversion -Wshadow
lint_aarch64 := --target=aarch64-linux-gnu -march=armv8-a -mgeneral-regs-only \
	-std=c11 -ffreestanding $(lint_warnings)

lint_arm := --target=arm-linux-gnueabihf -mfloat-abi=soft -std=c11 \
	-ffreestanding $(lint_warnings) -Wvla -Iinclude -Iarch -Iarch/arm
lint_mmu := -I. -Itest/mmu -isystem kernel/libc

lint: export LINT_OUT = $(lint_out)
lint: export LINT_IMAGE = $(lint_aarch64) -Wvla $(image_includes) \
	-DDYNSHM_VERSION="lint" $(IMAGE_DEFINES)
lint: export LINT_ARM = $(lint_arm) -march=armv7-a -Iarch/arm/short_desc \
	-Iarch/short_desc
lint: export LINT_MMU_SHORT = $(LINT_ARM) $(lint_mmu)
lint: export LINT_MMU_LONG = $(lint_arm) -march=armv7ve -Iarch/arm/lpae \
	-Iarch/lpae $(lint_mmu)
lint: export LINT_TARGET = $(lint_aarch64) -I. -Itest/bare
lint: export LINT_MMU = $(lint_aarch64) -Itest/mmu $(image_includes)
lint: export LINT_EXAMPLE = $(lint_aarch64) -I$(example_root)/include
lint: export LINT_HOST = $(filter-out -MMD -MP -g -Werror,$(host_test_cflags)) \
	-DDYNSHM_FAULT_INJECTION -fsanitize=address
lint: export LINT_BENCH = $(filter-out -MMD -MP -g -Werror,$(host_bench_cflags))
lint: export LINT_LINUX = --target=aarch64-linux-gnu \
	$(filter-out -MMD -MP -O2 -g -Werror,$(linux_cflags))

# Silent when the packages are there; root gets them installed.
lint-packages:
	$(Q)test ! -x scripts/packages.sh || \
		scripts/packages.sh lint host image

## lint             static checks (LINT_CHECKS='format tidy' for some)
lint: | lint-packages $(LIBFDT_DIR)/libfdt.h example-install \
		$(O)/user/usr/include/tee_client_api.h
	+$(Q)MAKE='$(MAKE)' scripts/lint.sh $(LINT_CHECKS)

.PHONY: lint lint-packages
