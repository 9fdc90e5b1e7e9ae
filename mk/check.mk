# SPDX-License-Identifier: BSD-2-Clause
#
# Every check there is, one after another. Each is a target of its own; that one
# is not there, or says nothing of what it did, is a failure as any other. Most
# programs that they run keep one core busy, so there run as many at a time as
# there are cores: TEST_JOBS=1 has them one after another.

CHECK_PARTS ?= lint check-host check-tsan check-spin check-install check-example \
	check-compat fuzz-smoke check-mmu check-target check-hyp \
	check-devices check-linux check-xen

## check            everything (CHECK_PARTS='lint check-host' for some of it)
check:
	+$(Q)MAKE='$(MAKE)' CHECK_OUT='$(O)/check' scripts/check.sh \
		$(CHECK_PARTS)

.PHONY: check
