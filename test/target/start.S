/* SPDX-License-Identifier: BSD-2-Clause */
/* At EL1, where Linux would be. */
#include <test/bare/start.inc>
