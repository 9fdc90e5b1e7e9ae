/* SPDX-License-Identifier: BSD-2-Clause */
/* At EL2, where a hypervisor would be. */
#define AT_EL2
#include <test/bare/start.inc>
