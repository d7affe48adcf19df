// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Accounts
 *
 * Owns who wrote what: each descriptor, and the module that made a map, has an
 * account, whose number stands in every entry that it wrote last. What it holds is
 * counted when an entry comes or goes, on the CPU where that happens, and added up
 * by whoever asks. A counter stays with whoever started it.
 *
 * The account of a closed descriptor stays until its entries are gone, and is looked
 * for when others are opened. When numbers run out, those who come share account 0.
 *
 * A number is given anew a grace period after its account has left: until then a
 * reader may come from an entry with that number, and count it as read.
 *
 * Locks: the accounts', a leaf, over who comes and goes. Whoever changes sums has
 * come from an entry, within an RCU read section.
 */
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "account.h"
#include "map.h"
#include "memory.h"

#define SLOTS_MIN	8
#define SLOTS_MAX	(TM_WRITER_ID + 1)
/* At each opening so many are looked at: what stays for nothing stays a share of all. */
#define LOOK		4
/* And so many at a time where all are. */
#define SWEEP		64

static size_t account_bytes(void)
{
	return sizeof(struct tm_account) + num_possible_cpus() * sizeof(struct tm_account_sums);
}

static size_t slots_bytes(unsigned int n)
{
	return struct_size((struct tm_account_slots *)NULL, slot, n);
}

static struct tm_account_slots *slots_of(struct tm_accounts *accounts)
{
	return rcu_dereference_protected(accounts->slots, lockdep_is_held(&accounts->lock));
}

static struct tm_account *slot_of(struct tm_accounts *accounts, unsigned int id)
{
	return rcu_dereference_protected(slots_of(accounts)->slot[id],
					 lockdep_is_held(&accounts->lock));
}

static void add_bytes(struct tm_accounts *accounts, size_t n)
{
	WRITE_ONCE(accounts->bytes, accounts->bytes + n);
}

static void account_free(struct tm_account *account)
{
	free_percpu(account->sums);
	kfree(account);
}

static struct tm_account *account_alloc(const char *command, pid_t pid)
{
	struct tm_account *account = kzalloc(sizeof(*account), TM_GFP);

	if (!account)
		return NULL;
	account->sums = alloc_percpu_gfp(struct tm_account_sums, TM_GFP);
	if (!account->sums) {
		kfree(account);
		return NULL;
	}
	account->pid = pid;
	account->uid = current_uid();
	strscpy(account->command, command, sizeof(account->command));
	return account;
}

static void slots_free_rcu(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct tm_account_slots, rcu));
}

static struct tm_account_slots *slots_alloc(unsigned int n)
{
	struct tm_account_slots *slots = kvzalloc(slots_bytes(n), TM_GFP);

	if (slots)
		slots->n = n;
	return slots;
}

/* The number of entries, which reaches 0 once and for all when the account has gone. */
static long entries_of(const struct tm_account *account)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(account->sums, cpu)->entries);
	return sum;
}

static void account_free_rcu(struct rcu_head *rcu)
{
	struct tm_account *account = container_of(rcu, struct tm_account, rcu);
	struct tm_accounts *accounts = account->accounts;

	spin_lock_bh(&accounts->lock);
	RCU_INIT_POINTER(slots_of(accounts)->slot[account->id], NULL);
	WRITE_ONCE(accounts->retired_bytes, accounts->retired_bytes - account_bytes());
	spin_unlock_bh(&accounts->lock);
	account_free(account);
}

/*
 * What the descriptor has inserted is counted in since before it was closed, so that
 * the sum is 0 only when all of it has been counted out.
 */
static void leave_if_empty(struct tm_account *account)
{
	struct tm_accounts *accounts = account->accounts;

	lockdep_assert_held(&accounts->lock);
	if (!account->gone || account->leaving || entries_of(account))
		return;
	account->leaving = true;
	add_bytes(accounts, -account_bytes());
	WRITE_ONCE(accounts->retired_bytes, accounts->retired_bytes + account_bytes());
	call_rcu(&account->rcu, account_free_rcu);
}

static void look_for_empty(struct tm_accounts *accounts)
{
	unsigned int i, n = slots_of(accounts)->n;
	struct tm_account *account;

	for (i = 0; i < LOOK; i++) {
		accounts->look = (accounts->look + 1) % n;
		account = slot_of(accounts, accounts->look);
		if (account)
			leave_if_empty(account);
	}
}

/*
 * Let go of all that have left nothing: who opens descriptors looks at a few only.
 * Context: Process, may sleep.
 */
void tm_accounts_sweep(struct tm_accounts *accounts)
{
	unsigned int id = 0, n, i;
	struct tm_account *account;

	do {
		spin_lock_bh(&accounts->lock);
		n = slots_of(accounts)->n;
		for (i = 0; i < SWEEP && id < n; i++) {
			account = slot_of(accounts, id++);
			if (account)
				leave_if_empty(account);
		}
		spin_unlock_bh(&accounts->lock);
		cond_resched();
	} while (id < n);
}

/* Give the account a number. Returns false if there is none. */
static bool enter_slot(struct tm_accounts *accounts, struct tm_account *account)
{
	struct tm_account_slots *slots = slots_of(accounts);
	unsigned int i, id;

	for (i = 0; i < slots->n; i++) {
		id = (accounts->next + i) % slots->n;
		if (rcu_access_pointer(slots->slot[id]))
			continue;
		account->id = id;
		account->accounts = accounts;
		accounts->next = id + 1;
		add_bytes(accounts, account_bytes());
		/* Pairs with the rcu_dereference() in sums_of(). */
		rcu_assign_pointer(slots->slot[id], account);
		return true;
	}
	return false;
}

/* Twice as many numbers, unless somebody else was quicker. */
static void replace_slots(struct tm_accounts *accounts, struct tm_account_slots *new)
{
	struct tm_account_slots *old = slots_of(accounts);

	if (old->n >= new->n) {
		kvfree(new);
		return;
	}
	memcpy(new->slot, old->slot, old->n * sizeof(old->slot[0]));
	accounts->next = old->n;
	add_bytes(accounts, slots_bytes(new->n) - slots_bytes(old->n));
	/* Pairs with the rcu_dereference() in sums_of(). */
	rcu_assign_pointer(accounts->slots, new);
	call_rcu(&old->rcu, slots_free_rcu);
}

static unsigned int try_enter(struct tm_accounts *accounts, struct tm_account *account)
{
	unsigned int n = 0;

	spin_lock_bh(&accounts->lock);
	look_for_empty(accounts);
	if (!enter_slot(accounts, account))
		n = slots_of(accounts)->n;
	spin_unlock_bh(&accounts->lock);
	return n;
}

/* That of all who have none of their own. Context: Any. */
struct tm_account *tm_accounts_others(struct tm_accounts *accounts)
{
	struct tm_account *account;

	rcu_read_lock();
	account = rcu_dereference(rcu_dereference(accounts->slots)->slot[TM_ACCOUNT_OTHERS]);
	rcu_read_unlock();
	return account;
}

/**
 * tm_account_open() - an account for one who will write
 * @accounts: of the map
 * @command: whose name stands for it
 * @pid: of the process, or 0
 *
 * Context: Process, may sleep.
 * Return: the account, which is that of the others if there are too many; or NULL if
 * there is no memory. tm_account_close() is due.
 */
struct tm_account *tm_account_open(struct tm_accounts *accounts, const char *command, pid_t pid)
{
	struct tm_account *account = account_alloc(command, pid);
	struct tm_account_slots *slots;
	unsigned int n;

	if (!account)
		return NULL;
	while ((n = try_enter(accounts, account))) {
		slots = n < SLOTS_MAX ? slots_alloc(2 * n) : NULL;
		if (!slots) {
			account_free(account);
			return n < SLOTS_MAX ? NULL : tm_accounts_others(accounts);
		}
		spin_lock_bh(&accounts->lock);
		replace_slots(accounts, slots);
		spin_unlock_bh(&accounts->lock);
	}
	return account;
}

/* Nobody writes by it any more. Context: Process. */
void tm_account_close(struct tm_account *account)
{
	struct tm_accounts *accounts = account->accounts;

	if (account->id == TM_ACCOUNT_OTHERS)
		return;
	spin_lock_bh(&accounts->lock);
	WRITE_ONCE(account->gone, true);
	leave_if_empty(account);
	spin_unlock_bh(&accounts->lock);
}

/**
 * tm_accounts_init() - accounts, with that of the others
 * @accounts: zeroed
 *
 * Context: Process, may sleep.
 * Return: 0 or -ENOMEM; tm_accounts_destroy() is due in either case.
 */
int tm_accounts_init(struct tm_accounts *accounts)
{
	struct tm_account_slots *slots = slots_alloc(SLOTS_MIN);

	spin_lock_init(&accounts->lock);
	RCU_INIT_POINTER(accounts->slots, slots);
	if (!slots)
		return -ENOMEM;
	add_bytes(accounts, slots_bytes(SLOTS_MIN));
	return tm_account_open(accounts, "others", 0) ? 0 : -ENOMEM;
}

/* Context: Process; what left is freed, and nobody opens an account any more. */
void tm_accounts_destroy(struct tm_accounts *accounts)
{
	struct tm_account_slots *slots = rcu_dereference_protected(accounts->slots, true);
	struct tm_account *account;
	unsigned int id;

	if (!slots)
		return;
	for (id = 0; id < slots->n; id++) {
		account = rcu_dereference_protected(slots->slot[id], true);
		if (account)
			account_free(account);
	}
	kvfree(slots);
}

/* Context: RCU read section. Return: of the account of an entry that was found in it. */
static struct tm_account_sums __percpu *sums_of(const struct ttlmap *map,
						const struct tm_entry *entry)
{
	unsigned int id = READ_ONCE(entry->written_by) & TM_WRITER_ID;

	return rcu_dereference(rcu_dereference(map->accounts.slots)->slot[id])->sums;
}

/* Note that an entry was read, or is gone. Returns whether that had been noted before. */
static bool note_read(struct tm_entry *entry)
{
	u16 noted = READ_ONCE(entry->written_by) | TM_WRITER_READ;

	return xchg(&entry->written_by, noted) & TM_WRITER_READ;
}

/*
 * Of those who read an entry for the first time and of who removes it one alone finds
 * that nobody was there before: what is counted as read is counted out again.
 */
void tm_account_first_read(struct ttlmap *map, struct tm_entry *entry)
{
	if (!note_read(entry))
		this_cpu_add(sums_of(map, entry)->read_bytes,
			     tm_entry_bytes(&map->kind, entry));
}

/**
 * tm_account_enter() - an entry comes into the map
 * @map: the map
 * @entry: by whom it was written is noted in it; not published yet
 * @bytes: of it
 *
 * Context: RCU read section and the segment's lock.
 */
void tm_account_enter(struct ttlmap *map, struct tm_entry *entry, size_t bytes)
{
	struct tm_account_sums __percpu *sums = sums_of(map, entry);

	this_cpu_inc(sums->entries);
	this_cpu_add(sums->bytes, bytes);
	this_cpu_inc(sums->inserts);
	if (entry->expires == TM_EXPIRES_NEVER)
		this_cpu_inc(sums->unexpiring);
}

/**
 * tm_account_leave() - an entry leaves the map
 * @map: the map
 * @entry: just unlinked
 * @bytes: of it
 *
 * Context: RCU read section and the segment's lock.
 */
void tm_account_leave(struct ttlmap *map, struct tm_entry *entry, size_t bytes)
{
	struct tm_account_sums __percpu *sums = sums_of(map, entry);

	this_cpu_add(sums->bytes, -bytes);
	if ((READ_ONCE(entry->written_by) & TM_WRITER_READ) || note_read(entry))
		this_cpu_add(sums->read_bytes, -bytes);
	if (READ_ONCE(entry->expires) == TM_EXPIRES_NEVER)
		this_cpu_dec(sums->unexpiring);
	this_cpu_dec(sums->entries);
}

/* @n more of the entries of whoever wrote @entry never expire. Context: as above. */
void tm_account_unexpiring(struct ttlmap *map, const struct tm_entry *entry, int n)
{
	this_cpu_add(sums_of(map, entry)->unexpiring, n);
}

static u64 not_below_0(long sum)
{
	return max(sum, 0L);
}

static void add_up(const struct tm_account *account, struct tm_account_figures *figures)
{
	const struct tm_account_sums *sums;
	struct tm_account_sums all = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		sums = per_cpu_ptr(account->sums, cpu);
		all.entries += READ_ONCE(sums->entries);
		all.bytes += READ_ONCE(sums->bytes);
		all.read_bytes += READ_ONCE(sums->read_bytes);
		all.unexpiring += READ_ONCE(sums->unexpiring);
		all.hits += READ_ONCE(sums->hits);
		all.inserts += READ_ONCE(sums->inserts);
	}
	*figures = (struct tm_account_figures){
		.id = account->id,
		.gone = READ_ONCE(account->gone),
		.pid = account->pid,
		.uid = account->uid,
		.entries = not_below_0(all.entries),
		.bytes = not_below_0(all.bytes),
		.read_bytes = not_below_0(all.read_bytes),
		.unexpiring = not_below_0(all.unexpiring),
		.hits = all.hits,
		.inserts = all.inserts,
	};
	memcpy(figures->command, account->command, sizeof(figures->command));
}

static bool worth_telling(const struct tm_account_figures *figures)
{
	if (figures->id == TM_ACCOUNT_OTHERS)
		return figures->inserts || figures->hits;
	return !figures->gone || figures->entries;
}

/*
 * A module's lookups are not counted twice: they are those that no descriptor made. Which
 * counts its own before it counts them among all, so that those that come meanwhile are
 * not taken for a module's.
 */
static u64 module_hits(const struct ttlmap *map)
{
	u64 all = tm_stat_sum(map->stats, TM_HITS);

	/* Pairs with the barrier in count_lookup(). */
	smp_rmb();
	return not_below_0(all - tm_stat_sum(map->stats, TM_DESCRIPTOR_HITS));
}

static bool figures_of(struct ttlmap *map, unsigned int id, struct tm_account_figures *figures)
{
	struct tm_account_slots *slots = rcu_dereference(map->accounts.slots);
	struct tm_account *account = rcu_dereference(slots->slot[id]);

	if (!account)
		return false;
	add_up(account, figures);
	if (account == map->account)
		figures->hits += module_hits(map);
	return worth_telling(figures);
}

/**
 * tm_account_next() - one account after the other
 * @map: the map
 * @cursor: 0 to begin with
 * @figures: of an account that is open, or wrote what is resident
 *
 * Context: Any.
 * Return: false if there are no more.
 */
bool tm_account_next(struct ttlmap *map, unsigned int *cursor,
		     struct tm_account_figures *figures)
{
	bool found = false;

	rcu_read_lock();
	while (!found && *cursor < rcu_dereference(map->accounts.slots)->n)
		found = figures_of(map, (*cursor)++, figures);
	rcu_read_unlock();
	return found;
}

/* Bytes of entries that were read since they were written. Context: Any. */
u64 tm_account_read_bytes(const struct ttlmap *map)
{
	struct tm_account_slots *slots;
	struct tm_account *account;
	unsigned int id;
	long sum = 0;
	int cpu;

	rcu_read_lock();
	slots = rcu_dereference(map->accounts.slots);
	for (id = 0; id < slots->n; id++) {
		account = rcu_dereference(slots->slot[id]);
		if (!account)
			continue;
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(account->sums, cpu)->read_bytes);
	}
	rcu_read_unlock();
	return not_below_0(sum);
}

/* Of the account with the most bytes. Context: Any. Return: false if there are none. */
bool tm_account_largest(struct ttlmap *map, struct tm_account_figures *figures)
{
	struct tm_account_figures one;
	unsigned int cursor = 0;

	figures->bytes = 0;
	while (tm_account_next(map, &cursor, &one))
		if (one.bytes > figures->bytes)
			*figures = one;
	return figures->bytes;
}
