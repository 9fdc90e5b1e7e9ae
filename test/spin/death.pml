/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the space of one owner is cut off in slices, while calls of others go on
 * on other cores: guest.c, slot.c, map.c, revoke.c, io_claim.c, corpse.c. None
 * of the owner's own calls runs any more (guest.pml). It has a region of two
 * pages and a device, each in a slot, and each slot takes a slice: as where
 * virtual space is scarce; elsewhere one slice has all of them.
 *
 * Walks of the tables and what TLBs keep of them need no lock, so whatever one
 * of them may see in between is a step of its own.
 *
 *	what it had		by event		on whose behalf
 *	a slot's tables		CUT_SLICE		the dying owner's
 *	everything		DEAD, CUT_OFF		the dying owner's
 *	a page			REVOKE, REVOKE_DRAIN	another's, before it is dead
 *	a page			REGION_MAP		another's, once it is dead
 *	the claim of a device	CLAIM_DEAD		another's, once it is dead
 *	what is left		REGION_UNMAP, UNCLAIM,	anyone's
 *				SLOT_FREED
 *
 * BREAK_name leaves out one guard; one of the checks must then fail.
 *
 * check: safety -DMAPPERS=1
 * check: safety -DMAPPERS=2
 */
#define SLOTS  3
#define DEVICE 2 /* in the last one; the others have pages of the region */

typedef Slot {
	bit hung = 1; /* in the shared tables: a walk gets there */
	bit mapped = 1; /* the descriptor of its page */
	bit cached; /* a TLB knows it */
	bit used = 1; /* its addresses are the owner's */
};

Slot S[SLOTS];
bit index_lock;
bit shm_lock;
bit dead; /* holdings->dead */
bit corpse;
bit listed; /* the region is to be taken apart: it was revoked */
bit claimed = 1; /* the device, in the tree of all */

#define leads(n)   (S[n].hung && S[n].mapped)
#define reaches(n) (leads(n) || S[n].cached)

inline invalidate_all() {
	atomic {
		S[0].cached = 0;
		S[1].cached = 0;
		S[2].cached = 0
	}
}

inline choose_page() {
	if :: n = 0 :: n = 1 fi
}

/* Any core's, at any time. */
proctype walker()
{
end_idle:
	do
	:: atomic { leads(0) && !S[0].cached -> S[0].cached = 1 }
	:: atomic { leads(1) && !S[1].cached -> S[1].cached = 1 }
	:: atomic { leads(2) && !S[2].cached -> S[2].cached = 1 }
	od
}

proctype undertaker()
{
	byte n;

#ifdef BREAK_dead_first
	dead = 1;
#endif
	do
	:: n < SLOTS ->
		atomic { !shm_lock -> shm_lock = 1 };
		S[n].hung = 0; /* code: CUT_SLICE */
#ifndef BREAK_cut_cached
		invalidate_all();
#endif
		n++;
#ifdef BREAK_first_slice
		n = SLOTS;
#endif
		if
		:: n < SLOTS -> shm_lock = 0
		:: else
		fi
	:: else -> break
	od;
	dead = 1; /* code: DEAD */
	atomic {
		corpse = 1; /* code: CUT_OFF */
		shm_lock = 0
	};
	/* VM_DESTROYED answers OK. */
	assert(!reaches(0) && !reaches(1) && !reaches(2))
}

/* A list of another guest names one of the pages: it has moved. */
proctype mapper()
{
	byte n;
	bit taken;

	choose_page();
	atomic { !index_lock -> index_lock = 1 };
	atomic {
		if
#ifdef BREAK_pass_living
		:: true
#else
		:: S[n].mapped && !dead ->
			S[n].mapped = 0; /* code: REVOKE */
			listed = 1;
			taken = 1
		:: else /* Nobody's, or a dead one's, which leads nowhere. */
#endif
		fi
	};
	skip; /* code: REGION_MAP */
#ifndef BREAK_taken_cached
	if
	:: taken -> S[n].cached = 0
	:: else
	fi;
#endif
	index_lock = 0;
	/* The call goes on, and the page is this guest's alone. */
	assert(!reaches(n))
}

/* The kernel, or another guest, wants the device with another type. */
proctype driver()
{
	bit got;

	/* io_lock held. */
	atomic {
		if
#ifdef BREAK_claim_living
		:: claimed ->
#else
		:: claimed && dead ->
#endif
			claimed = 0; /* code: CLAIM_DEAD */
			got = 1
		:: !claimed -> got = 1
#ifndef BREAK_claim_living
		:: claimed && !dead /* SHM_CONFLICT */
#endif
		fi
	};
	assert(!got || !reaches(DEVICE))
}

/* Calls of anyone, which take apart what was revoked, and then the corpse. */
proctype drainer()
{
end_idle:
	do
	:: atomic { listed && !index_lock -> index_lock = 1 };
		if
		:: listed ->
			atomic {
				S[0].mapped = 0; /* code: REVOKE_DRAIN */
				S[1].mapped = 0
			};
#ifndef BREAK_drained_cached
			atomic { S[0].cached = 0; S[1].cached = 0 };
#endif
			listed = 0
		:: else
		fi;
		index_lock = 0
#ifdef BREAK_drain_living
	:: atomic { S[0].used && !index_lock -> index_lock = 1 };
#else
	:: atomic { corpse && S[0].used && !index_lock -> index_lock = 1 };
#endif
		atomic {
			S[0].mapped = 0; /* code: REGION_UNMAP */
			S[1].mapped = 0;
			listed = 0
		};
		S[2].mapped = 0;
		index_lock = 0;
		claimed = 0; /* code: UNCLAIM */
		atomic { !shm_lock -> shm_lock = 1 };
		atomic {
			S[0].used = 0; /* code: SLOT_FREED */
			S[1].used = 0;
			S[2].used = 0
		};
		shm_lock = 0
	od
}

/* Another owner's slot at the same addresses. */
proctype newcomer()
{
	byte n;

end_none:
	atomic { !S[0].used && !shm_lock ->
		/* Nothing is in the way, and no TLB knows what was. */
		do
		:: n < SLOTS ->
			assert(!S[n].used && !S[n].hung && !S[n].cached);
			n++
		:: else -> break
		od
	}
}

init {
	atomic {
		run walker();
		run undertaker();
		run mapper();
#if MAPPERS > 1
		run mapper();
#endif
		run driver();
		run drainer();
		run newcomer()
	}
}
