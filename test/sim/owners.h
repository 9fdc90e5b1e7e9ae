/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has what mapped, as the translation tables have it. */
#ifndef SIM_OWNERS_H
#define SIM_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

/* No page is in regions of two of the guests with ids below `guests`. */
bool owners_are_apart(uint32_t guests);

#endif
