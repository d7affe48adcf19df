/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_ACCOUNT_H
#define _TTLMAP_ACCOUNT_H

#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "entry.h"

struct ttlmap;

#define TM_ACCOUNT_OTHERS	0	/* all for whom there was no number any more */
#define TM_COMMAND_SIZE		32

/**
 * struct tm_account_sums - of one CPU; their sums over all CPUs are what counts
 * @entries: resident, written last by the account
 * @bytes: of them, as allocated
 * @read_bytes: of these, of entries that were read since they were written
 * @unexpiring: of the entries, those that never expire
 * @hits: lookups that found their key
 * @inserts: updates that inserted or replaced
 */
struct tm_account_sums {
	long entries;
	long bytes;
	long read_bytes;
	long unexpiring;
	u64 hits;
	u64 inserts;
};

/**
 * struct tm_account - one who writes: a descriptor, or a module
 * @sums: what it has written and read
 * @id: its number in the map, noted in each entry that it writes
 * @gone: its descriptor is closed; WR: the accounts' lock
 * @leaving: freed after a grace period; WR: the accounts' lock
 * @pid: of the process that opened the descriptor, 0 for a module
 * @uid: of its user
 * @command: its name, or the module's
 * @accounts: of its map
 * @rcu: once it leaves
 */
struct tm_account {
	struct tm_account_sums __percpu *sums;
	u16 id;
	bool gone;
	bool leaving;
	pid_t pid;
	kuid_t uid;
	char command[TM_COMMAND_SIZE];
	struct tm_accounts *accounts;
	struct rcu_head rcu;
};

/**
 * struct tm_account_slots - accounts by number
 * @rcu: once it is replaced
 * @n: how many there may be
 * @slot: the accounts; WR: the accounts' lock, readers under RCU
 */
struct tm_account_slots {
	struct rcu_head rcu;
	unsigned int n;
	struct tm_account __rcu *slot[];
};

/**
 * struct tm_accounts - those of a map
 * @lock: over who comes and goes; leaf
 * @slots: by number; WR: @lock, readers under RCU
 * @next: number to try first; WR: @lock
 * @look: number to look at next for one that has left nothing; WR: @lock
 * @bytes: of all this, but for accounts that leave; WR: @lock
 * @retired_bytes: of those; WR: @lock
 */
struct tm_accounts {
	/* over who comes and goes; leaf */
	spinlock_t lock;
	struct tm_account_slots __rcu *slots;
	unsigned int next;
	unsigned int look;
	size_t bytes;
	size_t retired_bytes;
};

/**
 * struct tm_account_figures - an account as it is at this moment
 * @id: its number
 * @gone: its descriptor is closed
 * @pid: as in struct tm_account
 * @uid: as in struct tm_account
 * @command: as in struct tm_account
 * @entries: as in struct tm_account_sums
 * @bytes: likewise
 * @read_bytes: likewise
 * @unexpiring: likewise
 * @hits: likewise
 * @inserts: likewise
 */
struct tm_account_figures {
	u16 id;
	bool gone;
	pid_t pid;
	kuid_t uid;
	char command[TM_COMMAND_SIZE];
	u64 entries;
	u64 bytes;
	u64 read_bytes;
	u64 unexpiring;
	u64 hits;
	u64 inserts;
};

int tm_accounts_init(struct tm_accounts *accounts);
void tm_accounts_destroy(struct tm_accounts *accounts);
struct tm_account *tm_accounts_others(struct tm_accounts *accounts);
struct tm_account *tm_account_open(struct tm_accounts *accounts, const char *command, pid_t pid);
void tm_accounts_sweep(struct tm_accounts *accounts);
void tm_account_close(struct tm_account *account);
void tm_account_enter(struct ttlmap *map, struct tm_entry *entry, size_t bytes);
void tm_account_leave(struct ttlmap *map, struct tm_entry *entry, size_t bytes);
void tm_account_unexpiring(struct ttlmap *map, const struct tm_entry *entry, int n);
u64 tm_account_read_bytes(const struct ttlmap *map);
bool tm_account_next(struct ttlmap *map, unsigned int *cursor,
		     struct tm_account_figures *figures);
bool tm_account_largest(struct ttlmap *map, struct tm_account_figures *figures);

void tm_account_first_read(struct ttlmap *map, struct tm_entry *entry);

/* An entry is read. Context: RCU read section. */
static inline void tm_account_read(struct ttlmap *map, struct tm_entry *entry)
{
	if (unlikely(!(READ_ONCE(entry->written_by) & TM_WRITER_READ)))
		tm_account_first_read(map, entry);
}

static inline void tm_account_hit(struct tm_account *account)
{
	this_cpu_inc(account->sums->hits);
}

#endif /* _TTLMAP_ACCOUNT_H */
