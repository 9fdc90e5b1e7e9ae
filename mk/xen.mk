# SPDX-License-Identifier: BSD-2-Clause
#
# Linux as the first guest of Xen, behind the image.

xen_out := $(O)/xen

## xen              build the Xen hypervisor
xen: $(xen_out)/xen

$(xen_out)/xen: scripts/xen.sh
	$(call say,XEN,$@)
	$(Q)rm -f $@
	$(Q)CROSS_COMPILE=$(CROSS_COMPILE) scripts/xen.sh $(@D)

.PHONY: xen
