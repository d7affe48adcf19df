/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lookups against everything that changes the table: kmod/table.c, segment.c and
 * the callers in update.c, remove.c, capacity.c, evict.c and expire.c.
 *
 * Each inline and proctype has the name of the function that it models and does
 * its loads and stores in the same order, with as little else as possible. The
 * file "barriers" says which statement of which function each step stands for;
 * -DNO_name takes the step of that name out, and one of the assertions must fail.
 *
 * What is checked, whatever is scheduled when:
 *
 * - A lookup returns what the key had at some moment between the beginning and
 *   the end of the lookup: one that is present throughout is found, one that is
 *   absent throughout is not, and no value is older than an update that was over.
 *   At the end of all, what the last writer of each key did is what is there.
 * - Nothing is read that has not been written: an entry that is found is whole.
 * - Nothing is read, written or locked that has been freed.
 * - Nobody waits for ever, and a writer that meets a segment that has moved
 *   starts again once for each replacement at most.
 *
 * Memory. SPIN's own is sequentially consistent, so stores go through a buffer,
 * one for each writer, which they leave in any order but for two rules: stores to
 * one place stay in order, and a store with release leaves when all before it
 * have left. spin_unlock() waits until the buffer is empty: it has release
 * semantics, and nothing that follows is of interest. Loads are done in order,
 * since each address depends on the load before it. Where none does, between
 * the tags of one bucket and the next, the later load may be done early. Without
 * the dependency the load may be done before the one of the address, that is,
 * with the address guessed. A grace period that begins waits for all sections
 * under way, and what it waited with is freed at the first moment possible.
 *
 * The table. A segment has two buckets of one slot each, bucket 0 is every
 * key's home, and all tags are alike: a word of tags is 1 for a slot in use, plus
 * 2 for each entry that passed by. Key K has hash 00.., key F has 11... There is a
 * directory of two slots (bits 1) and one of four (bits 2).
 */

/* Who does what at once. */
#define INSERT			1
#define SPLIT			2
#define SPLIT_EXPIRE		3
#define MERGE			4
#define MERGE_EVICT		5
#define GROW_SPLIT		6
#define SHRINK_SPLIT		7
#define SHRINK_MERGE		8
#define MERGE_SPLIT		9
#define EVICT			10

/* Stores that a buffer holds, 2 to 5; what does not fit waits. */
#ifndef STORES
#define STORES	3
#endif
#ifndef LOOKUPS
#define LOOKUPS	1
#endif

#define NOTHING	0
#define POISON	255

/* Segments and what never changes in them. */
#define P	1
#define L	2
#define H	3
#define BOTH	4
#define LL	5
#define LH	6
#define SEGMENTS	6
#define DEPTH(seg)	((seg) == P || (seg) == BOTH -> 0 : ((seg) <= H -> 1 : 2))
#define LEADS(hash, seg)	((((hash) ^ PREFIX(seg)) >> (2 - DEPTH(seg))) == 0)
#define PREFIX(seg)	((seg) == H -> 2 : ((seg) == LH -> 1 : 0))

/* Directories, by their bits. */
#define SMALL	1
#define LARGE	2

/* Entries. */
#define F1	1
#define K1	2
#define K2	3
#define ENTRIES	3

/* Keys, and their hashes. */
#define F	0
#define K	1
#define KEY(entry)	((entry) == F1 -> F : K)
#define HASH(key)	((key) == F -> 3 : 0)

/* Places in memory. */
#define DIR		0
#define SLOT(dir, hash)	((dir) == SMALL -> 1 + ((hash) >> 1) : 3 + (hash))
#define SEGMENT(seg)	(7 + ((seg) - 1) * 5)
#define TAGS(seg, i)	(SEGMENT(seg) + (i))
#define PLACE(seg, i)	(SEGMENT(seg) + 2 + (i))
#define MOVED(seg)	(SEGMENT(seg) + 4)
#define ENTRY(entry)	(SEGMENT(SEGMENTS + 1) + (entry) - 1)
#define MEMORY		ENTRY(ENTRIES + 1)

#define PASSED_ONE	2
#define USED(tags)	((tags) & 1)
#define PASSED(tags)	((tags) >> 1)

byte mem[MEMORY];

typedef store_buffer {
	byte count;
	byte addr[STORES];
	byte data[STORES];
	bit rel[STORES]
};

/* Processes are numbered: the reader has no buffer. */
#define READER	0
#if defined(CROWD) || SCENARIO == EVICT
#define WRITERS	4
#else
#define WRITERS	3
#endif
store_buffer buffer[WRITERS];

hidden byte i, j;

/* Locks, and what only their holders look at. */
bit locked[SEGMENTS + 1];
#define TABLE	0
byte next;
bit next_void;
byte wheel;

/* What each key has had: history[KEY * LENGTH + n] since its n-th change began. */
#define LENGTH	4
byte history[2 * LENGTH];
byte begun[2], ended[2];

/* RCU: who is in a section, and whom the grace period of each thing waits for. */
#define SEGMENT_MEMORY(seg)	(seg)
#define DIR_MEMORY(dir)		(SEGMENTS + (dir))
#define ENTRY_MEMORY(entry)	(SEGMENTS + 2 + (entry))
#define THINGS			(ENTRY_MEMORY(ENTRIES) + 1)
#define BIT(n)			(1 << (n))
byte reading;
byte awaits[THINGS];
bit retired[THINGS];

/* In a d_step. */
inline poison(thing)
{
	if
	:: thing <= SEGMENTS ->
		j = 0;
		do
		:: j < 5 -> mem[SEGMENT(thing) + j] = POISON; j++
		:: else -> break
		od
	:: thing == DIR_MEMORY(SMALL) ->
		mem[SLOT(SMALL, 0)] = POISON;
		mem[SLOT(SMALL, 2)] = POISON
	:: thing == DIR_MEMORY(LARGE) ->
		mem[SLOT(LARGE, 0)] = POISON;
		mem[SLOT(LARGE, 1)] = POISON;
		mem[SLOT(LARGE, 2)] = POISON;
		mem[SLOT(LARGE, 3)] = POISON
	:: else -> mem[ENTRY(thing - ENTRY_MEMORY(0))] = POISON
	fi
}

inline rcu_read_lock()
{
	reading = reading | BIT(me)
}

inline rcu_read_unlock()
{
	d_step {
		reading = reading & ~BIT(me);
		i = 0;
		do
		:: i < THINGS ->
			awaits[i] = awaits[i] & ~BIT(me);
			if
			:: retired[i] && awaits[i] == 0 -> retired[i] = 0; poison(i)
			:: else
			fi;
			i++
		:: else -> break
		od
	}
}

/* With all stores before it done, as a grace period has it. */
inline call_rcu(thing)
{
	atomic {
		buffer[me].count == 0;
		d_step {
			/* Nothing is freed twice. */
			assert(!retired[thing]);
			awaits[thing] = reading;
			if
			:: awaits[thing] -> retired[thing] = 1
			:: else -> poison(thing)
			fi
		}
	}
}

inline free_now(thing)
{
	atomic {
		buffer[me].count == 0;
		d_step { poison(thing) }
	}
}

inline load(from, value)
{
	d_step {
		value = mem[from];
		i = 0;
		do
		:: i < buffer[me].count ->
			if
			:: buffer[me].addr[i] == from -> value = buffer[me].data[i]
			:: else
			fi;
			i++
		:: else -> break
		od;
		assert(value != POISON)
	}
}

inline append(at, what, ordered)
{
	atomic {
		buffer[me].count < STORES;
		d_step {
			assert(mem[at] != POISON || at >= ENTRY(1));
			buffer[me].addr[buffer[me].count] = at;
			buffer[me].data[buffer[me].count] = what;
			buffer[me].rel[buffer[me].count] = ordered;
			buffer[me].count++
		}
	}
}

#define store(to, value)		append(to, value, 0)
#define store_release(to, value)	append(to, value, 1)

/*
 * Store n of writer w leaves its buffer, unless an earlier one to the same place,
 * or one that it has to wait for, is still there.
 */
#define OTHER(w, n, k)	(buffer[w].addr[k] != buffer[w].addr[n])
#define NTH(w, n)	(n < buffer[w].count && !buffer[w].rel[n])

inline leave(w, n)
{
	mem[buffer[w].addr[n]] = buffer[w].data[n];
	i = n;
	do
	:: i + 1 < buffer[w].count ->
		buffer[w].addr[i] = buffer[w].addr[i + 1];
		buffer[w].data[i] = buffer[w].data[i + 1];
		buffer[w].rel[i] = buffer[w].rel[i + 1];
		i++
	:: else -> break
	od;
	buffer[w].count--;
	buffer[w].addr[i] = 0;
	buffer[w].data[i] = 0;
	buffer[w].rel[i] = 0
}

proctype memory(byte w)
{
end:	do
	:: atomic { buffer[w].count > 0 -> d_step { leave(w, 0) } }
	:: atomic { NTH(w, 1) && OTHER(w, 1, 0) -> d_step { leave(w, 1) } }
#if STORES > 2
	:: atomic { NTH(w, 2) && OTHER(w, 2, 0) && OTHER(w, 2, 1) -> d_step { leave(w, 2) } }
#endif
#if STORES > 3
	:: atomic { NTH(w, 3) && OTHER(w, 3, 0) && OTHER(w, 3, 1) && OTHER(w, 3, 2) ->
			d_step { leave(w, 3) } }
#endif
#if STORES > 4
	:: atomic { NTH(w, 4) && OTHER(w, 4, 0) && OTHER(w, 4, 1) && OTHER(w, 4, 2) &&
			OTHER(w, 4, 3) -> d_step { leave(w, 4) } }
#endif
	od
}

/* A lock in memory that has been freed is an error. */
inline spin_lock(lock)
{
	atomic {
		!locked[lock];
		locked[lock] = 1;
		assert(lock == TABLE || mem[MOVED(lock)] != POISON)
	}
}

inline spin_unlock(lock)
{
	atomic {
		buffer[me].count == 0;
		locked[lock] = 0;
		assert(lock == TABLE || mem[MOVED(lock)] != POISON)
	}
}

/* A change of a key, seen by lookups from its beginning or its end on. */
inline change(key, entry)
{
	d_step {
		begun[key]++;
		history[key * LENGTH + begun[key]] = entry
	}
}

inline changed(key)
{
	ended[key] = begun[key]
}

/* It turned out that there is nothing to change. */
inline unchanged(key)
{
	d_step {
		history[key * LENGTH + begun[key]] = history[key * LENGTH + begun[key] - 1];
		ended[key] = begun[key]
	}
}

/*
 * Lookups. Where the address does not depend on the load before it, the load may
 * be done earlier, with a guess of the address.
 */

inline tm_table_segment(hash, seg)
{
#ifdef NO_directory_dependency
	atomic {
		if
		:: guess = SMALL
		:: guess = LARGE
		fi;
		early = mem[SLOT(guess, hash)]
	};
	load(DIR, dir);
	if
	:: dir == guess -> seg = early; assert(early != POISON)
	:: else -> load(SLOT(dir, hash), seg)
	fi;
#else
	load(DIR, dir);
#ifdef NO_segment_dependency
	atomic {
		if
		:: guess = P
		:: guess = L
		fi;
		tags = mem[TAGS(guess, 0)];
		second = mem[TAGS(guess, 1)]
	};
#endif
	load(SLOT(dir, hash), seg);
#ifdef NO_segment_dependency
	ahead = (seg == guess);
#endif
#endif
	/* Every slot leads to a segment that holds such hashes. */
	assert(seg != NOTHING && LEADS(hash, seg))
}

/* Whether what lies in that slot is the key's entry. */
inline tm_entry_is(entry, key, found)
{
	if
#ifndef NO_null_check
	:: entry == NOTHING
#endif
	:: else ->
		assert(entry != NOTHING);
#ifdef NO_entry_dependency
		if
		:: entry == guess -> assert(early != POISON)
		:: else
		fi;
#endif
		load(ENTRY(entry), early);
		if
#ifdef NO_key_compare
		:: true -> found = entry
#else
		:: KEY(entry) == key -> found = entry
		:: else
#endif
		fi
	fi
}

inline find_in_bucket(seg, number, key, found)
{
	bucket = number;
	if
	:: USED(tags) ->
#ifdef NO_entry_dependency
		atomic {
			guess = K1;
			early = mem[ENTRY(guess)]
		};
#endif
		load(PLACE(seg, number), entry);
		tm_entry_is(entry, key, found)
	:: else
	fi
}

/* A lookup may load the second bucket's tags before it loads the first one's. */
inline tm_segment_find(seg, key, found)
{
	found = NOTHING;
#ifdef NO_segment_dependency
	if
	:: ahead
	:: else -> load(TAGS(seg, 0), tags)
	fi;
#else
	if
	:: me == READER -> load(TAGS(seg, 1), second); ahead = true
	:: true
	fi;
	load(TAGS(seg, 0), tags);
#endif
	find_in_bucket(seg, 0, key, found);
	if
	:: found == NOTHING && PASSED(tags) ->
		if
		:: ahead -> tags = second
		:: else -> load(TAGS(seg, 1), tags)
		fi;
		find_in_bucket(seg, 1, key, found)
	:: else
	fi;
	d_step { second = 0; tags = 0; early = 0; ahead = false }
}

#define LOCALS		byte dir, seg, tags, second, entry, early, guess, bucket, found; bit ahead

proctype reader(byte me; byte key)
{
	byte lookups, first, last;
	LOCALS;

	do
	:: lookups < LOOKUPS ->
		atomic {
			lookups++;
			first = ended[key];
#ifndef NO_reader_section
			rcu_read_lock()
#endif
		};
		tm_table_segment(HASH(key), seg);
		tm_segment_find(seg, key, found);
		atomic {
			last = begun[key];
			rcu_read_unlock();
			do
			:: first <= last && history[key * LENGTH + first] != found -> first++
			:: else -> break
			od;
			assert(first <= last);
			d_step { first = 0; last = 0; dir = 0; seg = 0; entry = 0; found = 0; bucket = 0; guess = 0 }
		}
	:: else -> break
	od
}

/*
 * One segment, under its lock. Nobody else writes there, so that only the stores
 * are of interest, and the steps between them are one.
 */

inline tm_segment_place(seg, entry)
{
	load(TAGS(seg, 0), tags);
	bucket = 0;
	if
	:: USED(tags) ->
#ifndef NO_passed
		store(TAGS(seg, 0), tags + PASSED_ONE);
#endif
		load(TAGS(seg, 1), tags);
		assert(!USED(tags));
		bucket = 1
	:: else
	fi;
#ifdef NO_place_release
	store(PLACE(seg, bucket), entry);
#else
	store_release(PLACE(seg, bucket), entry);
#endif
	store(TAGS(seg, bucket), tags + 1)
}

inline tm_segment_replace(seg, entry)
{
#ifdef NO_replace_release
	store(PLACE(seg, bucket), entry)
#else
	store_release(PLACE(seg, bucket), entry)
#endif
}

inline tm_segment_remove(seg)
{
	load(TAGS(seg, bucket), tags);
	store(TAGS(seg, bucket), tags - 1);
	store(PLACE(seg, bucket), NOTHING);
	if
	:: bucket == 1 ->
		load(TAGS(seg, 0), tags);
		store(TAGS(seg, 0), tags - PASSED_ONE)
	:: else
	fi
}

inline tm_retire(entry)
{
#ifdef NO_entry_grace
	free_now(ENTRY_MEMORY(entry))
#else
	call_rcu(ENTRY_MEMORY(entry))
#endif
}

/* The entry in the bucket that was found. */
inline tm_capacity_unlink(seg, entry)
{
#ifdef NO_unlink_first
	tm_retire(entry);
	tm_segment_remove(seg)
#else
	tm_segment_remove(seg);
	tm_retire(entry)
#endif
}

inline tm_segment_copy(to, from)
{
	number = 0;
	do
	:: number < 2 ->
		load(PLACE(from, number), entry);
		if
		:: entry != NOTHING && LEADS(HASH(KEY(entry)), to) ->
			load(ENTRY(entry), early);
			tm_segment_place(to, entry)
		:: else
		fi;
		number++
	:: else -> break
	od
}

/* Writers: find the segment and lock it. */
inline tm_table_lock(hash, seg)
{
	tries = 0;
#ifdef NO_restart_from_directory
	tm_table_segment(hash, seg);
#endif
	do
	:: true ->
#ifndef NO_restart_from_directory
		tm_table_segment(hash, seg);
#endif
#ifdef NO_moved_under_lock
		load(MOVED(seg), moved);
#endif
		spin_lock(seg);
#ifndef NO_moved_under_lock
		load(MOVED(seg), moved);
#endif
#ifdef NO_moved_check
		moved = false;
#endif
		if
		:: moved ->
			spin_unlock(seg);
			tries++;
			assert(tries <= 2)
		:: else -> break
		fi
	od
}

#define WRITER_LOCALS LOCALS; byte number, tries; bit moved

#ifdef NO_writer_section
#define writer_read_lock()	skip
#define writer_read_unlock()	skip
#else
#define writer_read_lock()	rcu_read_lock()
#define writer_read_unlock()	rcu_read_unlock()
#endif

inline tm_map_update(key, new)
{
	atomic {
		change(key, new);
		writer_read_lock();
#ifndef NO_fill_first
		store(ENTRY(new), 1)
#endif
	};
	tm_table_lock(HASH(key), seg);
	atomic {
		tm_segment_find(seg, key, found);
		if
		:: found ->
			tm_segment_replace(seg, new);
			tm_retire(found)
		:: else -> tm_segment_place(seg, new)
		fi;
#ifdef NO_fill_first
		store(ENTRY(new), 1);
#endif
	};
	spin_unlock(seg);
	atomic {
		writer_read_unlock();
		changed(key);
		d_step { dir = 0; seg = 0; tags = 0; entry = 0; found = 0; bucket = 0; tries = 0 }
	}
}

inline tm_map_delete(key)
{
	atomic {
		change(key, NOTHING);
		writer_read_lock()
	};
	tm_table_lock(HASH(key), seg);
	atomic {
		tm_segment_find(seg, key, found);
		/* Of F there may have been eviction. */
		assert(found || key == F);
		if
		:: found -> tm_capacity_unlink(seg, found)
		:: else
		fi
	};
	spin_unlock(seg);
	atomic {
		writer_read_unlock();
		changed(key);
		d_step { dir = 0; seg = 0; tags = 0; entry = 0; found = 0; bucket = 0; tries = 0 }
	}
}

/* Inserts or replaces, replaces, and deletes. */
proctype writer(byte me; byte key; bit updates; bit deletes)
{
	WRITER_LOCALS;

	if
	:: updates -> tm_map_update(key, (key == K && history[key * LENGTH] == NOTHING -> K1 : K2))
	:: else
	fi;
	if
	:: deletes -> tm_map_delete(key)
	:: else
	fi
}

/* Under the segment's lock: F's entry goes, if it is where it was seen. */
inline remove_seen(seg, seen)
{
	load(MOVED(seg), moved);
#ifdef NO_remover_moved_check
	moved = false;
#endif
	load(PLACE(seg, bucket), entry);
	if
#ifdef NO_remover_same_check
	:: moved -> unchanged(F)
#else
	:: moved || entry != seen -> unchanged(F)
#endif
	:: else ->
		assert(entry != NOTHING);
		tm_capacity_unlink(seg, entry)
	fi
}

inline finish_removal()
{
	atomic {
		rcu_read_unlock();
		changed(F);
		d_step { dir = 0; seg = 0; tags = 0; entry = 0; found = 0; bucket = 0 }
	}
}

/* Samples a segment that need not be F's by its hash, and claims the victim. */
proctype tm_evict(byte me)
{
	WRITER_LOCALS;

	atomic { change(F, NOTHING); rcu_read_lock() };
	/* The hand points to the lowest hash. */
	tm_table_segment(0, seg);
	if
	:: bucket = 0
	:: bucket = 1
	fi;
	load(PLACE(seg, bucket), found);
	if
	:: found == F1 ->
		spin_lock(seg);
		atomic { remove_seen(seg, F1) };
		spin_unlock(seg)
	:: else -> unchanged(F)
	fi;
	finish_removal()
}

/* Takes a segment out of the wheel, and what has expired out of the segment. */
proctype tm_expire_step(byte me)
{
	WRITER_LOCALS;

	atomic {
		change(F, NOTHING);
		rcu_read_lock();
		/* One that has been freed is not in the wheel. */
		if
		:: wheel & BIT(P) -> seg = P
		:: wheel & BIT(H) -> seg = H
		:: wheel & BIT(L) -> seg = L
		fi;
		wheel = wheel & ~BIT(seg)
	};
	spin_lock(seg);
	atomic {
		bucket = 0;
		remove_seen(seg, F1)
	};
	spin_unlock(seg);
	finish_removal()
}

/*
 * Replacing segments.
 */

/* Slots are named by the lowest hash that leads to them. */
inline directory_set(bits, seg)
{
	hash = PREFIX(seg);
	do
	:: true ->
#ifdef NO_publish_release
		store(SLOT(bits, hash), seg);
#else
		store_release(SLOT(bits, hash), seg);
#endif
		hash = hash + (bits == SMALL -> 2 : 1);
		if
		:: hash >= PREFIX(seg) + (1 << (2 - DEPTH(seg))) -> break
		:: else
		fi
	od
}

inline publish(seg)
{
	directory_set(dir, seg);
#ifndef NO_publish_next
	if
#ifndef NO_next_void
	:: next && DEPTH(seg) > next -> next_void = true
#endif
	:: else ->
		if
		:: next -> directory_set(next, seg)
		:: else
		fi
	fi
#endif
}

inline segment_retire(seg)
{
#ifndef NO_moved
	store(MOVED(seg), true);
#endif
#ifndef NO_wheel_remove
	wheel = wheel & ~BIT(seg);
#endif
#ifdef NO_segment_grace
	free_now(SEGMENT_MEMORY(seg))
#else
	call_rcu(SEGMENT_MEMORY(seg))
#endif
}

/* tm_table_split(), split_segment() and split_into() */
proctype tm_table_split(byte me; byte parent; byte low; byte high)
{
	byte hash;
	bit fits;
	WRITER_LOCALS;

	writer_read_lock();
	tm_table_lock(PREFIX(low), seg);
	load(DIR, dir);
	if
	:: seg == parent && DEPTH(seg) < dir ->
		atomic {
#ifndef NO_children_locked
			spin_lock(low);
			spin_lock(high);
#endif
#ifdef NO_parent_lock
			spin_unlock(seg);
#endif
			tm_segment_copy(low, seg);
			tm_segment_copy(high, seg)
		};
		spin_lock(TABLE);
		atomic {
			load(DIR, dir);
#ifdef NO_fits
			fits = true;
#else
			fits = DEPTH(low) <= dir;
#endif
			if
			:: fits -> publish(low); publish(high)
			:: else
			fi
		};
		spin_unlock(TABLE);
#ifdef NO_parent_lock
		spin_lock(seg);
#endif
		if
		:: fits ->
			atomic {
				wheel = wheel | BIT(low) | BIT(high);
				segment_retire(seg)
			}
		:: else
		fi;
#ifndef NO_children_locked
		spin_unlock(high);
		spin_unlock(low)
#endif
	:: else
	fi;
	spin_unlock(seg);
	atomic {
		writer_read_unlock();
		d_step { dir = 0; seg = 0; tags = 0; entry = 0; found = 0; bucket = 0; number = 0; hash = 0; fits = 0 }
	}
}

/* merge_segment() and merge_into() */
proctype merge_segment(byte me)
{
	byte hash, low, high;
	bit gone;
	WRITER_LOCALS;

	writer_read_lock();
	tm_table_segment(0, seg);
	tm_table_segment(PREFIX(seg), low);
	tm_table_segment(PREFIX(seg) + (4 >> DEPTH(seg)), high);
	if
	:: low != high ->
		spin_lock(low);
		spin_lock(high);
		load(MOVED(low), moved);
		load(MOVED(high), gone);
#ifdef NO_merge_moved_check
		moved = false;
		gone = false;
#endif
		if
		:: !moved && !gone && DEPTH(low) == DEPTH(high) && DEPTH(low) == 1 ->
			atomic {
#ifndef NO_children_locked
				spin_lock(BOTH);
#endif
				tm_segment_copy(BOTH, low);
				tm_segment_copy(BOTH, high)
			};
			spin_lock(TABLE);
			atomic {
				load(DIR, dir);
				publish(BOTH)
			};
			spin_unlock(TABLE);
			atomic {
				wheel = wheel | BIT(BOTH);
				segment_retire(low);
				segment_retire(high)
			};
#ifndef NO_children_locked
			spin_unlock(BOTH)
#endif
		:: else
		fi;
		spin_unlock(high);
		spin_unlock(low)
	:: else
	fi;
	atomic {
		writer_read_unlock();
		d_step { dir = 0; seg = 0; tags = 0; entry = 0; found = 0; bucket = 0; number = 0; hash = 0; low = 0; high = 0; moved = 0; gone = 0 }
	}
}

/* copy_slots() */
inline copy_slot(from, hash, to)
{
	load(SLOT(from, hash), seg);
#ifndef NO_copied_void
	next_void = DEPTH(seg) > to;
#endif
	store(SLOT(to, hash), seg)
}

/* resize_directory() and copy_directory(), half of the slots at a time */
proctype resize_directory(byte me; byte from; byte to)
{
	byte hash;
	LOCALS;

	spin_lock(TABLE);
	atomic { next_void = false; next = to };
	spin_unlock(TABLE);
	do
	:: hash < 4 ->
#ifndef NO_copy_lock
		spin_lock(TABLE);
#endif
		atomic {
			do
			:: !next_void ->
				copy_slot(from, hash, to);
				hash = hash + (to == SMALL -> 2 : 1);
				if
				:: hash == 2 || hash == 4 -> break
				:: else
				fi
			:: else -> hash = 4; break
			od;
		};
#ifndef NO_copy_lock
		spin_unlock(TABLE)
#endif
	:: else -> break
	od;
	spin_lock(TABLE);
	atomic {
		next = 0;
		if
		:: next_void -> dir = to
		:: else ->
			dir = from;
			store_release(DIR, to)
		fi
	};
	spin_unlock(TABLE);
#ifdef NO_directory_grace
	free_now(DIR_MEMORY(dir));
#else
	call_rcu(DIR_MEMORY(dir));
#endif
	d_step { dir = 0; seg = 0; hash = 0 }
}

/* As if it had been there for long. */
inline put(seg, number, entry)
{
	mem[PLACE(seg, number)] = entry;
	mem[TAGS(seg, number)] = mem[TAGS(seg, number)] + 1;
	mem[TAGS(seg, 0)] = mem[TAGS(seg, 0)] + number * PASSED_ONE;
	mem[ENTRY(entry)] = 1;
	history[KEY(entry) * LENGTH] = entry
}

inline set_all(bits, low, high)
{
	mem[DIR] = bits;
	mem[SLOT(bits, 0)] = low;
	mem[SLOT(bits, 1)] = low;
	mem[SLOT(bits, 2)] = high;
	mem[SLOT(bits, 3)] = high
}

init {
	WRITER_LOCALS;
	byte me = READER;

	d_step {
		mem[ENTRY(F1)] = POISON;
		mem[ENTRY(K1)] = POISON;
		mem[ENTRY(K2)] = POISON;
	};
	atomic {
#if SCENARIO == INSERT
		set_all(SMALL, P, P);
		put(P, 0, F1);
		run writer(1, K, 1, 0);
		run writer(2, F, 0, 1);
		run reader(READER, K);
#elif SCENARIO == EVICT
		set_all(SMALL, P, P);
		put(P, 0, F1);
		run writer(1, K, 1, 0);
		run writer(2, F, 0, 1);
		run tm_evict(3);
		run reader(READER, K);
#elif SCENARIO == SPLIT
		set_all(SMALL, P, P);
		put(P, 0, F1);
		put(P, 1, K1);
		run tm_table_split(1, P, L, H);
		run writer(2, K, 1, 1);
		run reader(READER, K);
#elif SCENARIO == SPLIT_EXPIRE
		set_all(SMALL, P, P);
		put(P, 0, F1);
		put(P, 1, K1);
		wheel = BIT(P);
		run tm_table_split(1, P, L, H);
		run tm_expire_step(2);
		run reader(READER, F);
#elif SCENARIO == MERGE
		set_all(SMALL, L, H);
		put(L, 0, K1);
		put(H, 0, F1);
		run merge_segment(1);
		run writer(2, K, 1, 1);
		run reader(READER, K);
#elif SCENARIO == MERGE_EVICT
		set_all(SMALL, L, H);
		put(L, 0, K1);
		put(H, 0, F1);
		run merge_segment(1);
		run tm_evict(2);
		run reader(READER, F);
#elif SCENARIO == GROW_SPLIT
		set_all(SMALL, P, P);
		put(P, 0, F1);
		put(P, 1, K1);
		run resize_directory(1, SMALL, LARGE);
		run tm_table_split(2, P, L, H);
#if WRITERS > 3
		run writer(3, K, 1, 0);
#endif
		run reader(READER, K);
#elif SCENARIO == SHRINK_SPLIT
		set_all(LARGE, L, H);
		put(L, 0, K1);
		put(H, 0, F1);
		run resize_directory(1, LARGE, SMALL);
		run tm_table_split(2, L, LL, LH);
#if WRITERS > 3
		run writer(3, K, 1, 0);
#endif
		run reader(READER, K);
#elif SCENARIO == SHRINK_MERGE
		set_all(LARGE, L, H);
		put(L, 0, K1);
		put(H, 0, F1);
		run resize_directory(1, LARGE, SMALL);
		run merge_segment(2);
#if WRITERS > 3
		run writer(3, K, 1, 0);
#endif
		run reader(READER, K);
#elif SCENARIO == MERGE_SPLIT
		set_all(LARGE, L, H);
		put(L, 0, K1);
		put(H, 0, F1);
		run merge_segment(1);
		run tm_table_split(2, L, LL, LH);
#if WRITERS > 3
		run writer(3, K, 1, 0);
#endif
		run reader(READER, K);
#endif
		run memory(1);
		run memory(2);
#if WRITERS > 3
		run memory(3);
#endif
	};
	/* All have ended: what is there is what was done last. */
	timeout;
	tm_table_segment(1, seg);
	tm_table_segment(2, seg);
	tm_table_segment(HASH(K), seg);
	tm_segment_find(seg, K, found);
	assert(found == history[K * LENGTH + ended[K]]);
	tm_table_segment(HASH(F), seg);
	tm_segment_find(seg, F, found);
	assert(found == history[F * LENGTH + ended[F]])
}
