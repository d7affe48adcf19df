/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels that the benchmarks run on. */
#ifndef _BENCH_COMPAT_H
#define _BENCH_COMPAT_H

#include <linux/bpf.h>
#include <linux/module.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define BENCH_IMPORT_BPF()	MODULE_IMPORT_NS(BPF_INTERNAL)
#else
#define BENCH_IMPORT_BPF()	MODULE_IMPORT_NS("BPF_INTERNAL")
#endif

/* Exported without a header. */
int kern_sys_bpf(int cmd, union bpf_attr *attr, unsigned int size);

/* The first series to have BPF_MAP_TYPE_RHASH. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define BENCH_RHASH
#endif

#endif /* _BENCH_COMPAT_H */
