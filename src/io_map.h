/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and unmaking the objects of device mappings. */
#ifndef SRC_IO_MAP_H
#define SRC_IO_MAP_H

#include <dynshm/ioremap.h>

/* Give the virtual range back; nothing in it is mapped. Takes owner->lock. */
void io_unplace(struct io_mapping *mapping);

/* Free one that claims nothing, and refund what it was charged. */
void io_mapping_free(struct io_mapping *mapping);

#endif
