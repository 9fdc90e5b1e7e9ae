/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sign of life on stderr while something takes longer than two seconds: in
 * place on a terminal, else a plain line now and then. A thread of its own
 * gives it, since the work may be a single call into the secure world; so it
 * has no place around what is being measured to the instruction.
 */
#ifndef CLIENT_PROGRESS_H
#define CLIENT_PROGRESS_H

#include <stdbool.h>

/* Force plain lines, whatever stderr is. */
void progress_set_plain(bool plain);

/* One at a time. */
void progress_begin(const char *what);
void progress_end(void);

#endif
