# SPDX-License-Identifier: BSD-2-Clause
#
# The life of guests, calls and regions as models, tried in every order of
# events by the SPIN model checker. A new test/spin/<name>.pml is picked up by
# its name; its first comment says what is checked.

spin_out := $(O)/spin
spin_models := $(wildcard test/spin/*.pml)

# Silent when the packages are there; root gets them installed.
spin-packages:
	$(Q)test ! -x scripts/packages.sh || scripts/packages.sh spin

## check-spin       the models in test/spin/, and that no mutant of them passes
check-spin: $(spin_models) | spin-packages
	$(Q)SPIN_OUT=$(spin_out) scripts/spin.sh $(spin_models)

.PHONY: check-spin spin-packages
