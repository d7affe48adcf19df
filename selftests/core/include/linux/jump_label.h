/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_JUMP_LABEL_H
#define _SHIM_LINUX_JUMP_LABEL_H

/* Nothing is switched on here. */
#define DECLARE_STATIC_KEY_FALSE(name)	extern const bool name
#define DEFINE_STATIC_KEY_FALSE(name)	const bool name
#define static_branch_unlikely(key)	false
#define static_branch_inc(key)		((void)(key))
#define static_branch_dec(key)		((void)(key))

#endif /* _SHIM_LINUX_JUMP_LABEL_H */
