/* SPDX-License-Identifier: BSD-2-Clause */
/* libfdt includes it; what we compile of libfdt uses nothing from it. */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H
#endif
