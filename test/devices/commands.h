/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the normal world asks of the service that tests devices. Parameter 0 is
 * a value, in and out: in, what the command says; out, a is the line of the
 * service at which something was wrong first, or 0, and b a number.
 */
#ifndef TEST_DEVICES_COMMANDS_H
#define TEST_DEVICES_COMMANDS_H

/* c1d4b1f0-6f0e-4f43-9a57-2f6b0c5e8d11, as two little-endian words */
#define DEVICES_UUID_LOW  UINT64_C(0x434F0E6FF0B1D4C1)
#define DEVICES_UUID_HIGH UINT64_C(0x118D5E0C6B2F579A)

enum device_test {
	DEVICE_CLOCK,	/* out b: the clock's seconds */
	DEVICE_GPIO,	/* which the normal world does not see */
	DEVICE_GIC,	/* in a: its version; out b: what it says itself */
	DEVICE_FW_CFG,	/* which calls itself QEMU */
	DEVICE_CONSOLE, /* of the image, where it was and where it is */
	DEVICE_REFUSED, /* what is no device */
	DEVICE_CHURN,	/* in a: rounds, b: 1 if nobody else works */
	DEVICE_OWN,	/* maps the clock for the guest and leaves it so */
	DEVICE_DEAD,	/* what DEVICE_OWN mapped is not there */
	DEVICE_WINDOW,	/* maps 6 GiB for the guest and unmaps it */
	DEVICE_BUSY,	/* is of somebody else: DEVICE_OWN's pages */
	DEVICE_GONE,	/* what DEVICE_OWN mapped, whoever else has it */
	DEVICE_KERNEL,	/* has the clock; in a: 1 maps it, 0 unmaps it */
	DEVICE_MESSAGE, /* in a: its page, b: 1 if that is registered */
	DEVICE_DRIVERS, /* in a: address of a word, b: the word */
	DEVICE_PAGES,	/* in a and b: pages, whose first words are inverted */
	DEVICE_TYPED,	/* in a: a page, b: enum device_typed */
};

enum device_typed {
	TYPED_BEGIN, /* the kernel has the page uncached */
	TYPED_END,
	TYPED_REFUSED, /* it tries to */
};

#endif
