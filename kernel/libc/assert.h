/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own mistakes, in DEBUG builds: NDEBUG is set in the others. */
#undef assert

#ifdef NDEBUG
#define assert(condition) ((void)sizeof(!(condition)))
#else
#include <kernel/panic.h>
#define assert(condition)  \
	((condition)       \
		 ? (void)0 \
		 : panic("%s:%d: not so: %s", __FILE__, __LINE__, #condition))
#endif

#ifndef static_assert
#define static_assert _Static_assert
#endif
