# SPDX-License-Identifier: BSD-2-Clause
#
# OP-TEE's memory API over the library: compat/. The image and the host tests
# have it built in; this checks it from outside.

# Silent when the packages are there; root gets them installed.
compat-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image host arm

## check-compat     compile and link what OP-TEE's memory API has, 64- and 32-bit
check-compat: | compat-packages
	+$(Q)MAKE='$(MAKE)' O='$(O)' CROSS_COMPILE=$(CROSS_COMPILE) \
		CROSS_COMPILE32=$(CROSS_COMPILE32) scripts/check_compat.sh

.PHONY: check-compat compat-packages
