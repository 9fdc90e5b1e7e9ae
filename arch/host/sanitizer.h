/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sanitizers want to be told of flows of control and of the machine's
 * own lock. Without one, nothing.
 */
#ifndef SANITIZER_H
#define SANITIZER_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define HAVE_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#elif __has_feature(thread_sanitizer)
#define HAVE_TSAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/common_interface_defs.h>

/* Before and after a switch of stacks. */
#define stack_switch_begins(save, bottom, size) \
	__sanitizer_start_switch_fiber(save, bottom, size)
#define stack_switch_ends(save, bottom, size) \
	__sanitizer_finish_switch_fiber(save, bottom, size)
#else
#define stack_switch_begins(save, bottom, size) ((void)(save))
#define stack_switch_ends(save, bottom, size)	((void)(save))
#endif

#ifdef HAVE_TSAN
#include <sanitizer/tsan_interface.h>

/* ThreadSanitizer's name for a flow, or for the thread that is a core. */
#define flow_name_new()	       __tsan_create_fiber(0)
#define flow_name_free(name)   __tsan_destroy_fiber(name)
#define flow_name_of_caller()  __tsan_get_current_fiber()
#define flow_name_switch(name) __tsan_switch_to_fiber(name, 0)

void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);

/* What this thread does in between is not seen. Nests. */
static inline void unseen_begin(void)
{
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}

static inline void unseen_end(void)
{
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
	AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
}
#else
#define flow_name_new()	       NULL
#define flow_name_free(name)   ((void)(name))
#define flow_name_of_caller()  NULL
#define flow_name_switch(name) ((void)(name))

static inline void unseen_begin(void)
{
}

static inline void unseen_end(void)
{
}
#endif

#endif
