// SPDX-License-Identifier: BSD-2-Clause
/* Registers of the machine's devices, through mappings made for drivers. */
#include "tap.h"
#include "world.h"

#include <dynshm/ioremap.h>

#define CLOCK	   UINT64_C(0x09010000)
#define CLOCK_PART 0x031u
#define UART_PART  0x011u
/* Of a PrimeCell: part number, in two registers. */
#define PERIPH_ID0 0xfe0u
#define PERIPH_ID1 0xfe4u
#define DATA	   UINT64_C(0x48000000)
#define GUEST	   41

static uint32_t read(va_t va)
{
	uint32_t word = 0;

	check(!probe_read(va, &word).faulted);
	return word;
}

static unsigned int part(va_t device)
{
	return (read(device + PERIPH_ID0) & 0xff) |
	       (read(device + PERIPH_ID1) & 0xf) << 8;
}

static void registers(void)
{
	va_t clock, uart;
	uint32_t word;

	equal(shm_ioremap(&shm, CLOCK, SHM_PAGE_SIZE, SHM_MEM_DEVICE, &clock),
	      SHM_OK);
	equal(shm_ioremap(&shm, UART_BASE, SHM_PAGE_SIZE, SHM_MEM_DEVICE,
			  &uart),
	      SHM_OK);
	equal(part(clock), CLOCK_PART);
	equal(part(uart), UART_PART);
	/* It counts the seconds since 1970. */
	check(read(clock) > 1600000000);
	equal(world_translate(clock, true).pa, CLOCK);
	equal(shm_iounmap(&shm, uart), SHM_OK);
	check(probe_read(uart + PERIPH_ID0, &word).faulted);
	equal(part(clock), CLOCK_PART);
	equal(shm_iounmap(&shm, clock), SHM_OK);
	check(probe_read(clock, &word).faulted);
}

/* Two drivers, one page; the first to come is the first to go. */
static void shared_page(void)
{
	va_t one, two, other;
	uint32_t word;

	equal(shm_ioremap(&shm, CLOCK, SHM_PAGE_SIZE, SHM_MEM_DEVICE, &one),
	      SHM_OK);
	equal(shm_ioremap(&shm, CLOCK + PERIPH_ID0, 8, SHM_MEM_DEVICE, &two),
	      SHM_OK);
	equal(shm_ioremap(&shm, CLOCK, 4, SHM_MEM_UNCACHED, &other),
	      SHM_CONFLICT);
	equal(shm_ioremap(&shm, DATA, 4, SHM_MEM_DEVICE, &other),
	      SHM_BAD_ADDRESS);
	equal(shm_ioremap(&shm, SECURE_POOL, 4, SHM_MEM_DEVICE, &other),
	      SHM_BAD_ADDRESS);
	equal(shm_iounmap(&shm, one), SHM_OK);
	equal(read(two) & 0xff, CLOCK_PART & 0xff);
	equal(shm_iounmap(&shm, two), SHM_OK);
	equal(shm_iounmap(&shm, two), SHM_BAD_ADDRESS);
	check(probe_read(two, &word).faulted);
}

/* Secure and non-secure pages of one guest, which may need tables apart. */
static void of_a_guest(void)
{
	struct guest *guest = world_guest(GUEST);
	enum shm_status st;
	struct region *region = world_register(
		guest, 1, world_list(0, DATA, SHM_PAGE_SIZE, 20), 20, &st);
	va_t clock, shared;
	uint32_t word;

	if (!equal(st, SHM_OK))
		tap_bail("a list of pages is refused");
	shared = region_address(region, 0);
	equal(guest_ioremap(guest->holdings, CLOCK, SHM_PAGE_SIZE,
			    SHM_MEM_DEVICE, &clock),
	      SHM_OK);
	equal(part(clock), CLOCK_PART);
	check(!world_translate(clock, false).non_secure);
	check(world_translate(shared, false).non_secure);
	world_cut_off(guest);
	check(probe_read(clock, &word).faulted);
	check(probe_read(shared, &word).faulted);
	/* Another kind of mapping is free to be made before it is buried. */
	equal(shm_ioremap(&shm, CLOCK, 4,
			  SHM_MEM_DEVICE_NGNRNE | SHM_MEM_NO_EXEC, &clock),
	      SHM_OK);
	check(read(clock) > 1600000000);
	equal(shm_iounmap(&shm, clock), SHM_OK);
	world_bury(guest);
}

static const struct test tests[] = {
	{ "devices_answer_through_their_mappings", registers },
	{ "drivers_share_a_page_of_registers", shared_page },
	{ "device_of_a_guest_goes_with_it", of_a_guest },
};
GROUP(devices, tests);
