# SPDX-License-Identifier: BSD-2-Clause
#
# OP-TEE's memory API over the library: compat/. The image and the host tests
# have it built in; this checks it from outside.

# Silent when the packages are there; root gets them installed.
compat-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh image arm

## check-compat     compile callers of OP-TEE's memory API, 64- and 32-bit
check-compat: | compat-packages
	+$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/check_compat.sh

.PHONY: check-compat compat-packages
