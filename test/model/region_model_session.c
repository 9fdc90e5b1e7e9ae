/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's sessions, and the regions that they keep between calls. */
#include "model/region_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct holdings *holdings_of(struct model *model, unsigned int guest)
{
	return model->guests[guest]->holdings;
}

void model_open_session(struct model *model, unsigned int guest)
{
	for (unsigned int i = 0; i < MODEL_SESSIONS; i++) {
		struct model_session *session = &model->sessions[i];

		if (session->session != NULL)
			continue;
		*session = (struct model_session){ .guest = guest };
		assert_int_equal(session_create(holdings_of(model, guest),
						model, &session->session),
				 SHM_OK);
		if (session->session != NULL)
			assert_int_not_equal(session->session->id, 0);
		return;
	}
}

void model_hold(struct model *model, struct model_session *session,
		struct model_region *region)
{
	bool empty = session->held == NULL && !session->lost;
	enum shm_status st;

	(void)model;
	st = session_hold(session->session, region->region);
	assert_int_equal(st, empty ? SHM_OK : SHM_BAD_STATE);
	if (!empty)
		return;
	session->held = region;
	region->sessions++;
}

void model_release(struct model *model, struct model_session *session)
{
	bool empty = session->held == NULL && !session->lost;
	struct region *held;
	enum shm_status st = session_get_held(session->session, &held);

	(void)model;
	if (session->held != NULL &&
	    session->held->state == REGION_REGISTERED &&
	    !session->held->revoked) {
		assert_int_equal(st, SHM_OK);
		assert_ptr_equal(held, session->held->region);
		region_put(held);
	} else {
		assert_int_equal(st, empty ? SHM_BAD_STATE : SHM_REGION_GONE);
	}
	st = session_release(session->session);
	assert_int_equal(st, empty ? SHM_BAD_STATE : SHM_OK);
	if (session->held != NULL)
		session->held->sessions--;
	session->held = NULL;
	session->lost = false;
}

void model_close_session(struct model *model, struct model_session *session)
{
	struct session *found;
	uint32_t id = session->session->id;

	assert_int_equal(
		session_get_to_close(holdings_of(model, session->guest), id,
				     &found),
		SHM_OK);
	assert_ptr_equal(found, session->session);
	assert_int_equal(
		session_get(holdings_of(model, session->guest), id, &found),
		SHM_BAD_STATE);
	session_destroy(session->session);
	if (session->held != NULL)
		session->held->sessions--;
	*session = (struct model_session){ 0 };
}
