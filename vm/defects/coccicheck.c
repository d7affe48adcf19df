// SPDX-License-Identifier: GPL-2.0
/* What the kernel's semantic patches must see. */
#include <linux/mutex.h>
#include <linux/slab.h>

static DEFINE_MUTEX(lock);

int used(int *number);
int used(int *number)
{
	kfree(number);
	return *number; /* expect: kfree */
}

void asked(void *memory);
void asked(void *memory)
{
	if (memory)
		kfree(memory); /* expect: ifnullfree */
}

int kept(int wrong);
int kept(int wrong)
{
	mutex_lock(&lock);
	if (wrong)
		return -1; /* expect: mini_lock */
	mutex_unlock(&lock);
	return 0;
}
