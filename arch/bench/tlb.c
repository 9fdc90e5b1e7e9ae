// SPDX-License-Identifier: BSD-2-Clause
/* What benchmarks count. */
#include <cpu.h>

struct bench_tlb bench_tlb;
