/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The retirer of one CPU (kmod/retire.c): entries that were unlinked are freed
 * after a grace period, and each of them is freed in the end.
 *
 * Each process below is named after the function that it models. Additions to a
 * llist and its emptying are fully ordered in the kernel, and so are the steps
 * here. Whoever calls tm_retire() has preemption disabled, so that one process
 * stands for all callers on this CPU; the worker may run on another.
 *
 * -DNO_name takes out the step of that name, see "barriers".
 */
#ifndef ENTRIES
#define ENTRIES	3
#endif
#ifndef READERS
#define READERS	2
#endif
#ifndef LOOKUPS
#define LOOKUPS	2
#endif

#define BIT(n)	(1 << (n))
#define ALL	(BIT(ENTRIES) - 1)

/* Entries, as sets of bits. */
byte linked = ALL, next, waiting, freed;

/* RCU: who is in a section, and whom the work and retirer->taken wait for. */
byte reading;
bool work_pending, work_waits;
byte work_awaits;
byte taken_awaits;

/* queue_rcu_work(): nothing happens if the work is pending already. */
inline queue_rcu_work()
{
	atomic {
		if
		:: work_pending -> skip
		:: else ->
			work_pending = true;
			work_waits = true;
			work_awaits = reading
		fi
	}
}

inline rcu_read_unlock(me)
{
	d_step {
		reading = reading & ~BIT(me);
		work_awaits = work_awaits & ~BIT(me);
		taken_awaits = taken_awaits & ~BIT(me)
	}
}

proctype reader(byte me)
{
	byte entry, lookups;

	do
	:: lookups < LOOKUPS ->
		lookups++;
		reading = reading | BIT(me);
		entry = linked;
		/* What was found is looked at until the section ends. */
		assert((entry & freed) == 0);
		rcu_read_unlock(me);
		entry = 0
	:: else -> break
	od
}

/* The entry has been unlinked under its segment's lock. */
proctype tm_retire()
{
	byte entry;
	bool first;

	do
	:: entry < ENTRIES ->
		linked = linked & ~BIT(entry);
		atomic {
			first = (next == 0);
			next = next | BIT(entry)
		}
		if
		:: first -> queue_rcu_work()
		:: else
		fi;
		entry++
	:: else -> break
	od
}

/* get_state_synchronize_rcu() */
inline take_state()
{
	taken_awaits = reading
}

inline free_chain()
{
	do
	:: entry < ENTRIES ->
		freed = freed | (waiting & BIT(entry));
		entry++
	:: else -> break
	od;
	atomic { entry = 0; waiting = 0 }
}

/* Non-reentrant; runs as often as it is queued. */
proctype retire_work()
{
	byte entry;

end:	do
	:: atomic { work_waits && work_awaits == 0 -> work_waits = false; work_pending = false };
		if
#ifndef NO_poll
		:: waiting && taken_awaits -> queue_rcu_work()
#endif
		:: else ->
			free_chain();
#ifdef NO_taken_after
			take_state();
#endif
			/* llist_del_all() */
			atomic { waiting = next; next = 0 };
#ifdef NO_waiting
			free_chain();
#endif
			if
			:: waiting ->
#ifndef NO_taken_after
				take_state();
#endif
#ifndef NO_requeue
				queue_rcu_work()
#endif
			:: else
			fi
		fi
	od
}

init {
	byte i;

	atomic {
		run tm_retire();
		run retire_work();
		do
		:: i < READERS -> run reader(i); i++
		:: else -> break
		od
	}
	/* All is quiet: nothing is left behind. */
	timeout;
	assert(freed == ALL)
}
