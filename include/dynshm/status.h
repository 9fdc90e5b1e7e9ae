/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a call into the library can answer. Each status names one reason; the
 * mapping to the errors of an ABI is made once, in abi/. A status other than
 * SHM_OK means that nothing another look can see has changed.
 */
#ifndef DYNSHM_STATUS_H
#define DYNSHM_STATUS_H

enum shm_status {
	SHM_OK = 0,
	SHM_BAD_ADDRESS,    /* a page is not shareable RAM, or not aligned */
	SHM_BAD_SIZE,	    /* size 0, or offset + size does not fit */
	SHM_BAD_ATTRIBUTE,  /* an attribute word the interface does not allow */
	SHM_NO_VA,	    /* no virtual range of that size is left */
	SHM_NO_TABLE,	    /* the pool has no page for a translation table */
	SHM_NO_METADATA,    /* the pool has no room for an object */
	SHM_OVER_BUDGET,    /* the guest's own ceiling, not the pool's end */
	SHM_CONFLICT,	    /* mapped already with another memory type */
	SHM_UNKNOWN_COOKIE, /* no such region, or cookie 0 */
	SHM_COOKIE_IN_USE,  /* a live region with references has that cookie */
	SHM_REGION_GONE,    /* revoked, or its memory stopped answering */
	SHM_UNKNOWN_GUEST,  /* no such guest, or one that is leaving */
	SHM_INTERRUPTED,    /* come back: a slice is done, more is left */
	SHM_BAD_STATE,	    /* the object is not in a state that allows this */
	SHM_IN_USE,	    /* others have references to it, too */
	SHM_STATUS_COUNT
};

#endif
