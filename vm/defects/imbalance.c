// SPDX-License-Identifier: GPL-2.0
/* What sparse must see: locks that are taken and not released, or the other way. */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

int forgotten(int wrong);
int forgotten(int wrong) /* expect: context */
{
	spin_lock(&lock);
	if (wrong)
		return -1;
	spin_unlock(&lock);
	return 0;
}

void promised(void) __acquires(&lock);
void promised(void) __acquires(&lock) /* expect: context */
{
}

void undone(void) __releases(&lock);
void undone(void) __releases(&lock)
{
	spin_unlock(&lock);
}

void held(void) __must_hold(&lock);
void held(void) __must_hold(&lock) /* expect: context */
{
	undone();
}

MODULE_DESCRIPTION("A deliberate defect");
MODULE_LICENSE("GPL");
