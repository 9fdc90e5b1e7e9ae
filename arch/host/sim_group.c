// SPDX-License-Identifier: BSD-2-Clause
/*
 * Groups of descriptors, of which walkers may make one TLB entry. Whenever a
 * barrier lets a walker see one, all of it must be there, or none.
 */
#include "sim_internal.h"

void sim_check_group(const sim_desc_t *slot)
{
	const sim_desc_t *first;
	struct sim_place place;
	bool any = false;
	bool alike = true;

	if (!sim_slot_place(slot, &place))
		return;
	first = slot - place.prefix % SIM_GROUP;
	for (unsigned int i = 0; i < SIM_GROUP; i++) {
		any = any || sim_desc_in_group(first[i], place.level);
		alike = alike && first[i] == sim_desc_group_next(
						     first[0], place.level, i);
	}
	if (any && !alike)
		sim_violation("va %#llx is in a group that is not whole",
			      (unsigned long long)place.prefix
				      << sim_level_shift(place.level));
}
