/* SPDX-License-Identifier: BSD-2-Clause */
/* What looking regions up and letting go of them needs of their life. */
#ifndef SRC_REGION_H
#define SRC_REGION_H

#include <dynshm/region.h>

/* The region with this cookie in one of its owner's trees. Its lock held. */
struct region *region_find_cookie(const struct rb_tree *tree, uint64_t cookie);

/* Free the object; what it had mapped is gone already. */
void region_free(struct region *region);

#endif
