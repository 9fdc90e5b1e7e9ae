/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mapping is like: one type of memory, and flags that may be combined
 * with any of them. Each translation-table format turns the word into its own
 * attribute bits and back (pt_format.h).
 */
#ifndef DYNSHM_MEMTYPE_H
#define DYNSHM_MEMTYPE_H

enum shm_memtype {
	/* Types, as the Arm architecture names them. */
	SHM_MEM_CACHED = 0,	   /* normal, write-back, inner shareable */
	SHM_MEM_DEVICE_NGNRE = 1,  /* what registers of a device want */
	SHM_MEM_UNCACHED = 2,	   /* normal, not cacheable */
	SHM_MEM_DEVICE_NGNRNE = 3, /* on ARMv7: strongly ordered */
	SHM_MEM_DEVICE_NGRE = 4,
	SHM_MEM_DEVICE_GRE = 5,
	SHM_MEM_TYPE_COUNT = 6,
	SHM_MEM_TYPE_MASK = 7,
	/* Flags. Without any: secure memory, writable and executable. */
	SHM_MEM_READ_ONLY = 1 << 3,
	SHM_MEM_NO_EXEC = 1 << 4, /* never executed, at any level */
	SHM_MEM_NON_SECURE = 1 << 5,
	/* What is mapped most. */
	SHM_MEM_SHARED = /* normal-world RAM, as Linux maps it */
		SHM_MEM_CACHED | SHM_MEM_NO_EXEC | SHM_MEM_NON_SECURE,
	SHM_MEM_SECURE = SHM_MEM_CACHED | SHM_MEM_NO_EXEC,
	SHM_MEM_SECURE_CODE = SHM_MEM_CACHED | SHM_MEM_READ_ONLY,
	SHM_MEM_SECURE_CONST =
		SHM_MEM_CACHED | SHM_MEM_READ_ONLY | SHM_MEM_NO_EXEC,
	SHM_MEM_DEVICE = /* secure device registers */
		SHM_MEM_DEVICE_NGNRE | SHM_MEM_NO_EXEC,
};

static inline enum shm_memtype shm_memtype_base(enum shm_memtype type)
{
	return type & SHM_MEM_TYPE_MASK;
}

#endif
