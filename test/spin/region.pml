/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions of one owner by one cookie, their references, and a session that
 * may keep one: region.c, region_refs.c, session.c, call_region.c, corpse.c.
 * Each critical section under holdings->lock is one step. Calls stop between
 * steps, and never go on once their guest is dead.
 *
 *	state		by event			to
 *	EMPTY		REGION_CREATE			FORMING
 *	FORMING		REGION_COMMIT			REGISTERED
 *	FORMING		REGION_LEAVE			LEAVING
 *	REGISTERED	REGION_GET_TO_LEAVE		LEAVING, by UNREGISTER
 *	REGISTERED	REGION_REPLACED			LEAVING, by its successor
 *	LEAVING		REGION_GONE			GONE, or EMPTY if none holds it
 *	GONE		REGION_FREED			EMPTY, by the last session
 *
 * BREAK_name leaves out one guard; one of the checks must then fail.
 *
 * check: safety -DCALLS=2
 */
#define REGIONS 3
#define NO	7

mtype = { EMPTY, FORMING, REGISTERED, LEAVING, GONE };

typedef Region {
	mtype state = EMPTY;
	bit mapped;
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

#define any(wanted) (R[0].state == wanted || R[1].state == wanted || \
		     R[2].state == wanted)
#define referenced(n) (R[n].calls != 0 || R[n].sessions != 0)

/* Nothing names an object that goes back to the pool. */
inline free_region() {
	assert(R[r].sessions == 0 && held != r && !R[r].mapped);
	R[r].calls = 0;
	R[r].state = EMPTY
}

inline take_apart() {
	atomic {
		R[r].takers++;
		assert(R[r].takers == 1 && R[r].state == LEAVING)
	};
#ifndef BREAK_leave_used
	R[r].calls == 0;
#endif
	R[r].mapped = 0;
	atomic {
		/* UNREGISTER answers OK after this. */
		assert(!R[r].mapped && R[r].calls == 0);
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
		R[r].mapped = 1;
		atomic {
			new = r;
			find(REGISTERED);
			if
#ifdef BREAK_replace_used
			:: r != NO ->
#else
			:: r != NO && !referenced(r) ->
#endif
				assert(!referenced(r));
				R[r].state = LEAVING; /* code: REGION_REPLACED */
				R[new].state = REGISTERED
			:: r == NO ->
				R[new].state = REGISTERED /* code: REGION_COMMIT */
			:: else -> /* It came into use. */
				r = new;
				R[r].state = LEAVING /* code: REGION_LEAVE */
			fi;
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

inline get() {
	atomic {
		find(REGISTERED);
		if
#ifdef BREAK_get_leaving
		:: r == NO -> find(LEAVING)
#elif defined(BREAK_get_forming)
		:: r == NO -> find(FORMING)
#endif
		:: else
		fi;
		if
		:: r != NO -> R[r].calls++ /* code: REGION_GET */
		:: else
		fi
	}
}

inline put() {
	atomic {
		R[r].calls--; /* code: REGION_PUT */
		r = NO
	}
}

inline session_put() {
	atomic {
		R[r].sessions--; /* code: SESSION_PUT */
		if
#ifndef BREAK_put_forgets
		:: R[r].sessions == 0 && R[r].state == GONE ->
			free_region() /* code: REGION_FREED */
#endif
		:: else
		fi;
		r = NO
	}
}

inline use() {
	assert(R[r].mapped);
	put()
}

inline hold() {
	atomic {
		if
		:: held == NO ->
			held = r; /* code: SESSION_HOLD */
			R[r].sessions++
		:: else
		fi
	};
	put()
}

inline release() {
	atomic {
		r = held;
		held = NO; /* code: SESSION_RELEASE */
		busy = (r != NO -> busy + 1 : busy)
	};
	if
	:: r != NO -> atomic { session_put(); busy-- }
	:: else
	fi
}

inline get_held() {
	atomic {
		r = held;
		if
#ifdef BREAK_held_gone
		:: r != NO ->
#else
		:: r != NO && R[r].state == REGISTERED ->
#endif
			R[r].calls++ /* code: SESSION_GET_HELD */
		:: else -> r = NO
		fi
	}
}

proctype call()
{
	byte r = NO;
	byte new = NO;

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
		R[r].mapped = 0;
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
	assert(R[0].state == EMPTY && R[1].state == EMPTY && R[2].state == EMPTY)
}

init {
	atomic {
		run call();
		run call();
#if CALLS > 2
		run call();
#endif
		run undertaker()
	}
}
