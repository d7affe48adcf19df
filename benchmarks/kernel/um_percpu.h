/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read before each file of modules for User-Mode Linux. Its this_cpu_add() holds signals
 * back by two calls, and where a module happens to lie they keep lookups from waiting for
 * memory at the same time: hits in a large map took 190 ns or 400. As on x86 it is one
 * instruction here, into which no signal can come. There is one processor.
 */
static inline void um_add_4(unsigned int *sum, unsigned int n)
{
	asm volatile("addl %1, %0" : "+m" (*sum) : "re" (n));
}

static inline void um_add_8(unsigned long *sum, unsigned long n)
{
	asm volatile("addq %1, %0" : "+m" (*sum) : "re" (n));
}

#define this_cpu_add_4(pcp, val)	um_add_4((unsigned int *)raw_cpu_ptr(&(pcp)), val)
#define this_cpu_add_8(pcp, val)	um_add_8((unsigned long *)raw_cpu_ptr(&(pcp)), val)
