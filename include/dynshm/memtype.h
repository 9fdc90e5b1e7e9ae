/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of memory a mapping can have. Each translation-table format turns
 * them into its own attribute bits (pt_format.h).
 */
#ifndef DYNSHM_MEMTYPE_H
#define DYNSHM_MEMTYPE_H

enum shm_memtype {
	SHM_MEM_SHARED,	      /* normal-world RAM: cached, never executable */
	SHM_MEM_SECURE,	      /* our RAM: cached, writable */
	SHM_MEM_SECURE_CODE,  /* our RAM: read-only, executable */
	SHM_MEM_SECURE_CONST, /* our RAM: read-only */
	SHM_MEM_DEVICE,	      /* secure device registers */
};

#endif
