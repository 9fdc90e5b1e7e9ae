/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of this kernel, one file each. */
#ifndef EXAMPLE_KERNEL_H
#define EXAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Memory of QEMU's virt machine, by physical address. */
#define SECURE_RAM	UINT64_C(0x0e000000)
#define SECURE_RAM_SIZE UINT64_C(0x01000000)
#define NORMAL_RAM	UINT64_C(0x40000000) /* as -m 1024 has it */
#define NORMAL_RAM_SIZE UINT64_C(0x40000000)
#define UART		UINT64_C(0x09000000) /* PL011 */
#define CLOCK		UINT64_C(0x09010000) /* PL031 */
#define GPIO		UINT64_C(0x090b0000) /* PL061, for the secure world */

/*
 * map.c: everything above is mapped where it is, but for the last two. Answers
 * the root table.
 */
void *map_build(void);

/* page.c: secure RAM behind the image, by pages, in a row; NULL: no room. */
void page_init(void);
void *page_alloc(size_t count);
void page_free(void *first, size_t count);
size_t page_free_count(void);

/* lock.c: how often the library has taken a lock. */
uint64_t lock_count(void);

/* print.c */
void print(const char *text);
void print_hex(uint64_t value);
void print_number(uint64_t value);

/* start.S */
__attribute__((noreturn)) void machine_exit(uint64_t status);

#endif
