/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions of one owner by one cookie, their references, and a session that
 * may keep one: region.c, region_refs.c, session.c, call_region.c, corpse.c.
 * Each critical section under holdings->lock is one step. Calls stop between
 * steps, and never go on once their guest is dead. With REVOKE, a hypervisor
 * moves pages meanwhile (revoke.c): a region has two, of which the first is
 * taken at once when its region is revoked, the other later.
 *
 *	state		by event			to
 *	EMPTY		REGION_CREATE			FORMING
 *	FORMING		REGION_COMMIT			REGISTERED
 *	FORMING		REGION_LEAVE			LEAVING
 *	REGISTERED	REGION_GET_TO_LEAVE		LEAVING, by UNREGISTER
 *	REGISTERED	REGION_REPLACED			LEAVING, by its successor
 *	LEAVING		REGION_GONE			GONE, or EMPTY if none holds it
 *	GONE		REGION_FREED			EMPTY, by the last session
 *	any with pages	REVOKE				revoked and listed, index lock
 *	listed		REVOKE_DRAIN, REGION_UNMAP	not listed, nothing is mapped
 *
 * BREAK_name leaves out one guard; one of the checks must then fail.
 *
 * check: safety -DREGIONS=3
 * check: safety -DREGIONS=2 -DREVOKE
 */
#define NO 7

mtype = { EMPTY, FORMING, REGISTERED, LEAVING, GONE };

typedef Region {
	mtype state = EMPTY;
	bit first; /* its pages that are mapped, TLBs included */
	bit rest;
	bit revoked;
	bit listed; /* in index->revoked */
	byte calls;
	byte sessions;
	byte takers; /* ghost: who takes it apart */
};

Region R[REGIONS];
byte held = NO; /* by the session */
bit dead;
byte busy; /* calls between two steps that have no stop between them */

/* r is a region of this state, or NO. */
inline find(wanted) {
	r = 0;
	do
	:: r < REGIONS && R[r].state != wanted -> r++
	:: else -> break
	od;
	if
	:: r == REGIONS -> r = NO
	:: else
	fi
}

#if REGIONS == 3
#define any(wanted) (R[0].state == wanted || R[1].state == wanted || \
		     R[2].state == wanted)
#else
#define any(wanted) (R[0].state == wanted || R[1].state == wanted)
#endif
#define is_mapped(n) (R[n].first || R[n].rest)
#define referenced(n) (R[n].calls != 0 || R[n].sessions != 0)

/* Nothing names an object that goes back to the pool. */
inline free_region() {
	assert(R[r].sessions == 0 && held != r);
	assert(!is_mapped(r) && !R[r].listed);
	R[r].revoked = 0;
	R[r].calls = 0;
	R[r].state = EMPTY
}

/* Under the index lock. */
inline unmap() {
	atomic {
		R[r].first = 0; /* code: REGION_UNMAP */
		R[r].rest = 0;
#ifndef BREAK_listed_freed
		R[r].listed = 0
#endif
	}
}

/* Under the index lock, a slice each. */
inline map() {
	if
	:: atomic { !R[r].revoked -> R[r].first = 1 }
	:: R[r].revoked
	fi;
	if
#ifdef BREAK_map_revoked
	:: atomic { R[r].state == FORMING ->
#else
	:: atomic { !R[r].revoked ->
#endif
		R[r].rest = 1; /* code: REGION_MAP */
		assert(!R[r].revoked || R[r].listed)
	   }
	:: R[r].revoked
	fi
}

inline take_apart() {
	atomic {
		R[r].takers++;
		assert(R[r].takers == 1 && R[r].state == LEAVING)
	};
#ifndef BREAK_leave_used
	R[r].calls == 0;
#endif
	unmap();
	atomic {
		/* UNREGISTER answers OK after this. */
		assert(!is_mapped(r) && R[r].calls == 0);
		R[r].takers = 0;
		R[r].state = GONE; /* code: REGION_GONE */
		if
#ifdef BREAK_free_held
		:: true -> R[r].sessions = 0; free_region()
#else
		:: R[r].sessions == 0 -> free_region()
		:: else
#endif
		fi;
		r = NO
	}
}

inline register() {
	atomic {
		find(REGISTERED);
		if
		:: any(FORMING) || any(LEAVING) -> r = NO
		:: else ->
			if
			:: r != NO && referenced(r) -> r = NO
			:: else ->
				find(EMPTY);
				if
				:: r != NO ->
					R[r].state = FORMING /* code: REGION_CREATE */
				:: else
				fi
			fi
		fi
	};
	if
	:: r != NO ->
		map();
		atomic {
			new = r;
			find(REGISTERED);
#ifdef BREAK_commit_revoked
			gone = 0;
#else
			gone = R[new].revoked;
#endif
			if
			:: gone ->
				r = new;
				R[r].state = LEAVING
#ifdef BREAK_replace_used
			:: !gone && r != NO ->
#else
			:: !gone && r != NO && !referenced(r) ->
#endif
				assert(!referenced(r));
				R[r].state = LEAVING; /* code: REGION_REPLACED */
				assert(!R[new].revoked);
				R[new].state = REGISTERED
			:: !gone && r == NO ->
				assert(!R[new].revoked);
				R[new].state = REGISTERED /* code: REGION_COMMIT */
			:: else -> /* It came into use. */
				r = new;
				R[r].state = LEAVING /* code: REGION_LEAVE */
			fi;
			gone = 0;
			new = NO
		};
		if
		:: r != NO -> take_apart()
		:: else
		fi
	:: else
	fi
}

inline unregister() {
	atomic {
		find(REGISTERED);
		if
#ifdef BREAK_leave_twice
		:: r == NO -> find(LEAVING)
#endif
		:: r != NO ->
			R[r].state = LEAVING /* code: REGION_GET_TO_LEAVE */
		:: else
		fi
	};
	if
	:: r != NO -> take_apart()
	:: else
	fi
}

#include "region.inc"

proctype call()
{
	byte r = NO;
	byte new = NO;
	bit gone;
	bit late; /* ghost: revoked when the call took its reference */

	{
end_idle:	do
		:: register()
		:: unregister()
		:: get(); if :: r != NO -> use() :: else fi
		:: get(); if :: r != NO -> hold() :: else fi
		:: release()
		:: get_held(); if :: r != NO -> use() :: else fi
		od
	} unless {
		dead
	}
}

/* The guest dies; what it had is taken apart, and nothing of it is left. */
proctype undertaker()
{
	byte r;

end_alive:
	atomic { busy == 0 -> dead = 1 };
	r = 0;
	do
	:: r < REGIONS && R[r].state != EMPTY && R[r].state != GONE ->
		unmap();
		atomic {
			R[r].state = GONE;
			if
			:: R[r].sessions == 0 -> free_region()
			:: else
			fi;
			r++
		}
	:: r < REGIONS && (R[r].state == EMPTY || R[r].state == GONE) -> r++
	:: r == REGIONS -> break
	od;
	atomic {
		r = held;
		held = NO
	};
	if
	:: r != NO -> session_put()
	:: else
	fi;
	assert(!any(FORMING) && !any(REGISTERED) && !any(LEAVING) && !any(GONE))
}

#ifdef REVOKE
/* Another guest maps the first page, and calls of anyone drain. */
proctype mover()
{
	byte r;

end_idle:
	do
	:: atomic { !dead ->
		if :: r = 0 :: r = 1 fi;
		if
		:: R[r].first ->
			R[r].first = 0; /* code: REVOKE */
			R[r].listed = R[r].listed || !R[r].revoked;
			R[r].revoked = 1
		:: else
		fi;
		r = 0
	   }
	:: atomic { R[0].listed || R[1].listed ->
		r = (R[0].listed -> 0 : 1);
		assert(R[r].state != EMPTY && R[r].revoked);
		R[r].rest = 0; /* code: REVOKE_DRAIN */
		R[r].first = 0;
		R[r].listed = 0;
		r = 0
	   }
	od
}
#endif

init {
	atomic {
		run call();
		run undertaker();
#ifdef REVOKE
		run mover();
#endif
		run call()
	}
}
