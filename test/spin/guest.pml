/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests, their calls and what they hold, as cores move them: lifecycle.c,
 * guest.c, corpse.c, call.c, tee.c, smc_fast.c and smc_yield.c. Each critical
 * section of the code is one atomic step here, so that all interleavings of
 * sections are tried; the calls' lock, which guest_cut_off() nests in, is a
 * bit of its own. Regions are in region.pml.
 *
 * A transition has its name behind it, and the code that it stands for says
 * the same name in a comment "model: NAME"; make check-spin compares the two.
 *
 *	object	state		by event		to, under the lock
 *	guest	SPARE		ADMIT			LIVE, shm->lock
 *		LIVE		ENTER, EXIT		one core more, one less
 *		LIVE		EXPEL_BUSY		DRAINING, shm->lock
 *		LIVE, DRAINING	EXPEL			DYING, shm->lock
 *		DRAINING	EXIT_LAST		DYING, shm->lock
 *		DYING		BURY_LATER		DRAINING, shm->lock
 *		DYING		ERASE, SPARE_ADDED	SPARE, shm->lock
 *	call	FREE		CALL_BEGIN		ACTIVE, calls' lock
 *		SUSPENDED	CALL_RESUME		ACTIVE, calls' lock
 *		ACTIVE		CALL_LEAVE		SUSPENDED or FREE
 *		SUSPENDED	CALLS_DROPPED, EPOCH	FREE, calls' lock
 *	holdings none		PREPARE			in use, shm->lock
 *		in use		ENDING			the same, a slice less
 *		in use		CUT_OFF			corpse, shm->lock
 *		corpse		DRAIN			none, drain_lock
 *
 * What must hold is asserted where it could first be wrong, by ghosts that no
 * decision depends on: `marks` says for each core that is destroying a guest
 * what was there when it began, `stale` that a call's guest died.
 *
 * With SLICES, holdings may be large: cutting them off takes two slices.
 * What others see of them is in death.pml.
 *
 * BREAK_name leaves out one guard; one of the checks must then fail.
 *
 * check: safety -DCORES=2 -DIDS=1
 * check: a_leaving_guest_is_gone_at_last -DCORES=2 -DIDS=1
 * check: safety -DCORES=3 -DIDS=1
 * check: safety -DCORES=2 -DIDS=1 -DSLICES
 * check: safety -DCORES=2 -DIDS=2
 */
#define OBJS  2 /* guest objects, all made ahead */
#define HOLDS 2
#define NO    7

mtype = { SPARE, LIVE, DRAINING, DYING };
mtype = { FREE, ACTIVE, SUSPENDED };

typedef Guest {
	mtype state = SPARE;
	bit listed; /* in shm->guests */
	bit spare = 1; /* in shm->spares */
	byte id;
	byte cores;
	byte holds = NO;
	bit ending; /* which are half cut off */
	/* Its one call. */
	mtype call = FREE;
	bit locked; /* guest_calls.lock */
	byte call_holds = NO; /* call->holdings */
	/* Ghosts. */
	byte marks;
	bit stale;
	byte runners; /* cores that run the call */
	byte buriers;
};

typedef Holdings {
	bit used;
	bit reachable; /* from the root: by a walk or a TLB */
	bit corpse;
	bit busy; /* a region or a session is in it */
	bit large;
	byte id; /* ghosts */
	byte marks;
};

Guest G[OBJS];
Holdings H[HOLDS];

#define leaving(n) (G[n].state == DRAINING || G[n].state == DYING)
#define gone(n)	   (G[n].state == SPARE)
ltl a_leaving_guest_is_gone_at_last {
	[] (leaving(0) -> <> gone(0)) && [] (leaving(1) -> <> gone(1))
}

#include "guest.inc"

/* Two guests by one id there never are, and it is the one that was wanted. */
#define one_by_one_id (!(G[0].listed && G[1].listed && G[0].id == G[1].id))

inline create() {
	atomic {
		find();
#ifdef BREAK_admit_in_two
		last = (g == OBJS)
	};
	atomic {
		if
		:: last ->
#else
		if
		:: g == OBJS ->
#endif
			g = 0;
			do
			:: g < OBJS && !G[g].spare -> g++
			:: else -> break
			od;
			if
			:: g < OBJS ->
				assert(G[g].state == SPARE && !G[g].listed);
				assert(G[g].cores == 0 && G[g].call == FREE);
				assert(G[g].holds == NO);
				G[g].spare = 0;
				G[g].state = LIVE; /* code: ADMIT */
				G[g].id = id;
				G[g].listed = 1;
				assert(one_by_one_id)
			:: else /* SHM_NO_METADATA */
			fi
		:: else ->
			if
#ifdef BREAK_reset_busy
			:: G[g].state == LIVE && G[g].cores == 0 ->
#else
			:: G[g].state == LIVE && G[g].cores == 0 &&
			   G[g].call == FREE &&
			   (G[g].holds == NO || !H[G[g].holds % HOLDS].busy) ->
#endif
				/* OK: a reset, and there is nothing to lose. */
				assert(G[g].call == FREE); /* code: ADMIT_AGAIN */
				assert(G[g].holds == NO || !H[G[g].holds % HOLDS].busy)
			:: else /* ENOTAVAIL */
			fi
		fi
	}
}

/* What is there of this guest when the order to destroy it comes. */
inline mark() {
	h = 0;
	do
	:: h < OBJS ->
		G[h].marks = G[h].marks |
			((G[h].listed && G[h].id == id) << me);
		h++
	:: else -> break
	od;
	h = 0;
	do
	:: h < HOLDS ->
		H[h].marks = H[h].marks |
			((H[h].used && H[h].id == id) << me);
		h++
	:: else -> break
	od;
	h = 0
}

/* When OK is answered, none of that may be reached, nor a core be in it. */
inline check_and_unmark() {
	h = 0;
	do
	:: h < OBJS ->
		assert(!last || !(G[h].marks & (1 << me)) ||
		       G[h].cores == 0);
		G[h].marks = G[h].marks & ~(1 << me);
		h++
	:: else -> break
	od;
	h = 0;
	do
	:: h < HOLDS ->
		assert(!last || !(H[h].marks & (1 << me)) ||
		       !H[h].reachable);
		H[h].marks = H[h].marks & ~(1 << me);
		h++
	:: else -> break
	od;
	h = 0
}

inline destroy() {
	atomic {
		mark();
		find();
		if
		:: g == OBJS -> g = NO; last = 1
#ifdef BREAK_expel_twice
		:: g < OBJS && G[g].cores != 0 ->
#elif defined(BREAK_expel_busy)
		:: g < OBJS && G[g].state == DYING ->
#else
		:: g < OBJS && (G[g].state == DYING || G[g].cores != 0) ->
#endif
			if
			:: G[g].state == LIVE ->
				G[g].state = DRAINING /* code: EXPEL_BUSY */
			:: else
			fi;
			assert(G[g].state == DRAINING || G[g].state == DYING);
			g = NO;
			last = 0
		:: else ->
			G[g].state = DYING; /* code: EXPEL */
			last = 1
		fi;
		if
		:: g == NO -> check_and_unmark()
		:: else
		fi
	};
	if
	:: g != NO ->
		bury();
		atomic { check_and_unmark() }
	:: else
	fi
}

/* Nobody is in it, and nobody buries it. */
#define unburied(n) (G[n].state == DRAINING && G[n].cores == 0)

proctype core(byte me; bit calls; bit announces)
{
	byte g, h, id;
	bit last;

end_idle:
	do
	:: atomic { calls ->
		choose_id();
		enter()
	   };
		if
		:: g != NO ->
			if
			:: atomic { take_free() };
				if :: last -> run_call() :: else fi
			:: atomic { take_suspended() };
				if :: last -> run_call() :: else fi
			:: end_epoch()
			fi;
			leave()
		:: else
		fi;
		atomic { g = 0; last = 0; id = 0 }
#ifdef SLICES
	:: atomic { calls && (unburied(0) || unburied(1)) ->
		/* In any call; code: EXPEL too */
		g = (unburied(0) -> 0 : 1);
		G[g].state = DYING
	   };
		bury();
		atomic { g = 0; last = 0 }
#endif
	:: atomic { announces ->
		choose_id()
	   };
		if
		:: create()
		:: destroy()
		fi;
		atomic { g = 0; last = 0; id = 0 }
	od
}

init {
	atomic {
		run core(0, 1, 1);
		run core(1, 1, 1)
#if CORES > 2
		; run core(2, 0, 1)
#endif
	}
}
