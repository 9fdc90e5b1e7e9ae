// SPDX-License-Identifier: BSD-2-Clause
/* Messages, each into the place that it is given. */
#include "model/deadly_calls.h"

#define SUM_PAGES 20u

pa_t deadly_pages[COUNT];
uint32_t deadly_session;

void message_register(struct nw_message *message)
{
	pa_t list = world_write_list(20, deadly_pages, COUNT);

	*message = (struct nw_message){ .cmd = NW_REGISTER, .count = 1 };
	message->params[0] =
		(struct nw_param){ NW_REGISTERABLE, list, COUNT * SHM_PAGE_SIZE,
				   COOKIE + 1 };
}

void message_replace(struct nw_message *message)
{
	message_register(message);
	message->params[0].c = COOKIE;
}

void message_unregister(struct nw_message *message)
{
	*message = (struct nw_message){ .cmd = NW_UNREGISTER, .count = 1 };
	message->params[0] = (struct nw_param){ NW_RMEM_IN, 0, 0, COOKIE };
}

void message_open(struct nw_message *message)
{
	pa_t list = world_write_list(20, deadly_pages, COUNT);

	*message = nw_open_message();
	message->params[message->count++] =
		(struct nw_param){ NW_TMEM_IN | NW_NONCONTIG, list,
				   COUNT * SHM_PAGE_SIZE, 0 };
}

void message_close(struct nw_message *message)
{
	*message = (struct nw_message){ .cmd = NW_CLOSE,
					.session = deadly_session };
}

static void invoke(struct nw_message *message, uint32_t command)
{
	*message = (struct nw_message){ .cmd = NW_INVOKE,
					.func = command,
					.session = deadly_session,
					.count = 4 };
}

void message_checksum(struct nw_message *message)
{
	invoke(message, NW_CHECKSUM);
	message->params[0] =
		(struct nw_param){ NW_RMEM_IN, 0, SUM_PAGES * SHM_PAGE_SIZE,
				   COOKIE };
	message->params[1].attr = NW_VALUE_OUT;
}

void message_held_sum(struct nw_message *message)
{
	invoke(message, NW_HELD_SUM);
	message->params[0].attr = NW_VALUE_OUT;
}

/* From a list that is mapped for this call alone. */
void message_copy(struct nw_message *message)
{
	pa_t list = world_write_list(20, deadly_pages, COUNT);

	invoke(message, NW_COPY);
	message->params[0] = (struct nw_param){ NW_TMEM_IN | NW_NONCONTIG, list,
						8 * SHM_PAGE_SIZE, 0 };
	message->params[1] = (struct nw_param){ NW_RMEM_OUT, SHM_PAGE_SIZE,
						8 * SHM_PAGE_SIZE, COOKIE };
}

void message_rpc_fill(struct nw_message *message)
{
	invoke(message, NW_RPC_FILL);
	message->params[0] = (struct nw_param){ NW_VALUE_IN, 9000, 5, 0 };
	message->params[1].attr = NW_VALUE_OUT;
}

void message_stats(struct nw_message *message)
{
	pa_t list = world_write_list(20, deadly_pages, 2);

	invoke(message, NW_STATS);
	message->params[0].attr = NW_VALUE_IN;
	message->params[1] = (struct nw_param){ NW_TMEM_OUT | NW_NONCONTIG,
						list, 2 * SHM_PAGE_SIZE, 0 };
}

void message_reverse(struct nw_message *message)
{
	invoke(message, NW_REVERSE);
	message->params[0] =
		(struct nw_param){ NW_RMEM_INOUT, 0, SUM_PAGES * SHM_PAGE_SIZE,
				   COOKIE };
}

void message_fill(struct nw_message *message)
{
	invoke(message, NW_FILL);
	message->params[0] =
		(struct nw_param){ NW_RMEM_OUT, 0, SUM_PAGES * SHM_PAGE_SIZE,
				   COOKIE };
	message->params[1].attr = NW_VALUE_IN;
}

void message_hold(struct nw_message *message)
{
	invoke(message, NW_HOLD);
	message->params[0] = (struct nw_param){ NW_RMEM_INOUT, 0, 1, COOKIE };
}

void message_release(struct nw_message *message)
{
	invoke(message, NW_RELEASE);
}

void message_cancelling(struct nw_message *message)
{
	*message = (struct nw_message){ .cmd = NW_CANCEL,
					.session = deadly_session };
}

/* Of whom does not matter: it is refused, or not, in one go. */
void message_get_budget(struct nw_message *message)
{
	invoke(message, NW_GET_BUDGET);
	message->params[0].attr = NW_VALUE_IN;
	message->params[1].attr = NW_VALUE_OUT;
	message->params[2].attr = NW_VALUE_OUT;
}
