/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A secure world by itself, on QEMU's virt machine: no firmware, no normal
 * world. What each processor architecture provides for the tests, which are the
 * same for all: start, cores, probes that may fault, and the processor's own
 * translation of an address.
 */
#ifndef MMU_MACHINE_H
#define MMU_MACHINE_H

#include <dynshm/addr.h>
#include <dynshm/shm.h>

#define CORE_COUNT 2u

/* The image comes first in secure RAM, then the pool. */
#define SECURE_POOL	UINT64_C(0x0e200000)
#define SECURE_POOL_END UINT64_C(0x0ef00000)
/* Secure RAM that the manager knows nothing of; mapped where it is, too. */
#define SECURE_SPARE UINT64_C(0x0ef00000)
/* RAM of the normal world, which tests write directly, where it is. */
#define RAM_FIRST UINT64_C(0x40000000)
#define RAM_END	  UINT64_C(0x60000000)
#define UART_BASE UINT64_C(0x09000000)

/* The manager's part of the address space, below the processor's own root. */
void machine_config(struct shm_config *config);
/* A part of the address space that a window can be added in, once. */
struct va_range machine_more_window(void);

/* What a translation gives, by whoever does it. */
struct translation {
	bool ok;
	unsigned int status; /* of a failed one: the fault status */
	pa_t pa;	     /* of the byte */
	bool non_secure;
	unsigned int memory; /* attributes as in MAIR: 0xff is write-back */
	uint64_t size;	     /* of the page, block or group; by software only */
};

/* QEMU's short PAR says nothing of the type of memory. */
#define MEMORY_UNSAID 0x100u

/* By the processor: AT or ATS1, for a read or for a write. */
struct translation cpu_translate(va_t va, bool write);

/* By software, from the tables that the processor walks. walk.c */
struct translation soft_translate(va_t va, bool write);

/* What a fault status says, in the table format's own code. walk.c */
enum fault_reason {
	FAULT_TRANSLATION,
	FAULT_ACCESS_FLAG,
	FAULT_PERMISSION,
	FAULT_OTHER,
};

enum fault_reason fault_kind(unsigned int status);

/* All sizes of pages, blocks and groups of either, up to 32 MiB. walk.c */
#define MAPPED_SIZES 4u
extern const uint64_t mapped_sizes[MAPPED_SIZES];
/* The fault status when one of that size forbids an access. */
unsigned int permission_of_size(uint64_t size);

/* What each enum shm_memtype has to be, as in MAIR, in this format. walk.c */
extern const uint8_t memory_of_type[SHM_MEM_TYPE_COUNT];

/* One access, and what became of it. */
struct probe {
	bool faulted;
	va_t address; /* as the processor reports it */
	unsigned int status;
	bool write;
	bool fetch;
};

/* machine.c */
struct probe probe_read(va_t va, uint32_t *value);
struct probe probe_write(va_t va, uint32_t value);
/* Call the code at `va`, which returns at once if it runs. */
struct probe probe_call(va_t va);
/* An instruction that returns, to be stored where probe_call() goes. */
extern const uint32_t machine_return_code;

/* Work on core 1. Runs with nothing masked that this needs. machine.c */
void core_start(void (*work)(void *), void *arg);
void core_join(void);

/*
 * For the architecture's part: a fault of this core at an instruction. Answers
 * where to go on: at the instruction itself if the fault is passing (fault.h),
 * where a probe or an entry of .extable says, or 0.
 */
uintptr_t fault_resume(const struct probe *fault, uintptr_t at);
/* Faults that were passing, of all cores. */
extern unsigned int fault_retries;
/* What core 1 does, MMU on, from its start. */
__attribute__((noreturn)) void core_serve(void);
/* 0 or 1 */
unsigned int machine_core(void);

/*
 * start.S: one access each, in one instruction, that go on at the ..._failed
 * when it faults. They answer whether it was made.
 */
bool probe_load(va_t va, uint32_t *value);
bool probe_store(va_t va, uint32_t value);
bool probe_branch(va_t va);
extern const char probe_load_at[], probe_store_at[], probe_failed[];
extern const char probe_branch_failed[];

/* The end, with QEMU's exit status. */
__attribute__((noreturn)) void machine_exit(unsigned int status);

/* By the tests: what the first core does, MMU on. */
__attribute__((noreturn)) void mmu_main(void);

#endif
