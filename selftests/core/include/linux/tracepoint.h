/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_TRACEPOINT_H
#define _SHIM_LINUX_TRACEPOINT_H

#include <linux/types.h>

/* As in a kernel without them. */
#define TP_PROTO(proto...)	proto
#define DECLARE_EVENT_CLASS(...)
#define TRACE_EVENT(name, proto, ...)	DEFINE_EVENT(, name, TP_PROTO(proto))
#define DEFINE_EVENT_FN(class, name, proto, ...) DEFINE_EVENT(class, name, PARAMS(proto))
#define PARAMS(args...)		args
#define DEFINE_EVENT(class, name, proto, ...)				\
static inline void trace_##name(proto)					\
{									\
}									\
									\
static inline bool trace_##name##_enabled(void)				\
{									\
	return false;							\
}

#endif /* _SHIM_LINUX_TRACEPOINT_H */
