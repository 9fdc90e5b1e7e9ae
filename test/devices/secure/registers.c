// SPDX-License-Identifier: BSD-2-Clause
/* Devices that say who they are. */
#include "service.h"

#include <abi/tee.h>
#include <kernel/console.h>
#include <kernel/mmio.h>

#define PRIMECELL      UINT32_C(0xb105f00d)
#define RTC_DATA       0x000
#define GICV2_PIDR2    0x0fe8
#define GICV3_PIDR2    0xffe8
#define FW_CFG_DATA    0
#define FW_CFG_SELECT  8
#define FW_CFG_IS_QEMU 0

static va_t map(struct report *report, pa_t pa, uint64_t size,
		enum shm_memtype type)
{
	va_t va = 0;

	expect(report, shm_ioremap(tee_shm(), pa, size, type, &va) == SHM_OK);
	return va;
}

/* Whoever else has it, what this one had is given back. */
static void unmap(struct report *report, va_t va, bool gone)
{
	expect(report, shm_iounmap(tee_shm(), va) == SHM_OK);
	expect(report, (bool)(devices_translate(va) & PAR_FAULT) == gone);
}

bool devices_is_primecell(va_t base, uint32_t part)
{
	uintptr_t at = (uintptr_t)base + PRIMECELL_IDS;
	uint32_t ids[2] = { 0, 0 };

	for (unsigned int i = 0; i < 8; i++, at += sizeof(uint32_t))
		ids[i / 4] |= (mmio_read32(at) & 0xff) << 8 * (i % 4);
	return ids[1] == PRIMECELL && (ids[0] & 0xfff) == part;
}

/* Both worlds have it; the two mappings exclude each other. */
void devices_clock(struct report *report)
{
	enum shm_memtype other = SHM_MEM_DEVICE | SHM_MEM_NON_SECURE;
	va_t va = map(report, CLOCK_PA, SHM_PAGE_SIZE, SHM_MEM_DEVICE);
	uint64_t par = devices_translate(va);

	expect(report, (par & (PAR_FAULT | PAR_NS)) == 0);
	expect(report, PAR_PAGE(par) == CLOCK_PA);
	expect(report, PAR_ATTR(par) == ATTR_DEVICE);
	if (report->line != 0)
		return;
	expect(report, devices_is_primecell(va, 0x031));
	report->b = mmio_read32((uintptr_t)va + RTC_DATA);
	expect(report,
	       shm_ioremap(tee_shm(), CLOCK_PA, 4, other, &va) == SHM_CONFLICT);
	unmap(report, va, true);
	va = map(report, CLOCK_PA, SHM_PAGE_SIZE, other);
	par = devices_translate(va);
	expect(report, (par & (PAR_FAULT | PAR_NS)) == PAR_NS);
	expect(report, devices_is_primecell(va, 0x031));
	unmap(report, va, true);
}

/* It answers in the secure world alone, so that the bit must be right. */
void devices_gpio(struct report *report)
{
	va_t va = map(report, GPIO_PA, SHM_PAGE_SIZE, SHM_MEM_DEVICE);
	uint32_t word;

	expect(report, devices_is_primecell(va, 0x061));
	unmap(report, va, true);
	va = map(report, GPIO_PA, SHM_PAGE_SIZE,
		 SHM_MEM_DEVICE | SHM_MEM_NON_SECURE);
	expect(report, !access_read(&word, va, sizeof(word)));
	unmap(report, va, true);
}

/* The kernel has it, too: what is given back is a reference. */
void devices_gic(struct report *report)
{
	uint64_t offset = report->a == 2 ? GICV2_PIDR2 : GICV3_PIDR2;
	va_t kernel = ioremap_find(tee_shm()->kernel, DISTRIBUTOR_PA, 0x10000);
	va_t va = map(report, DISTRIBUTOR_PA, 0x10000, SHM_MEM_DEVICE);
	va_t id = map(report, DISTRIBUTOR_PA + offset, 4, SHM_MEM_DEVICE);

	expect(report, va == kernel);
	expect(report, id == va + offset);
	report->b = mmio_read32((uintptr_t)id) >> 4 & 0xf;
	expect(report, shm_ioremap(tee_shm(), DISTRIBUTOR_PA + 0x8000, 4,
				   SHM_MEM_UNCACHED, &kernel) == SHM_CONFLICT);
	unmap(report, va, false);
	unmap(report, id, false);
}

/* The selector is big-endian, and 16 bits; the offset in the page stays. */
void devices_fw_cfg(struct report *report)
{
	va_t select = map(report, FW_CFG_PA + FW_CFG_SELECT, 2, SHM_MEM_DEVICE);
	va_t data = map(report, FW_CFG_PA + FW_CFG_DATA, 8, SHM_MEM_DEVICE);
	uint32_t text = 0;

	expect(report, select == data + FW_CFG_SELECT);
	*(volatile uint16_t *)(uintptr_t)select = FW_CFG_IS_QEMU;
	for (unsigned int i = 0; i < 4; i++)
		text = text << 8 | *(const volatile uint8_t *)(uintptr_t)data;
	expect(report, text == ('Q' << 24 | 'E' << 16 | 'M' << 8 | 'U'));
	unmap(report, select, false);
	unmap(report, data, true);
}

/* The static map, which boot printed through, has no devices any more. */
void devices_console(struct report *report)
{
	va_t kernel = ioremap_find(tee_shm()->kernel, CONSOLE_PA, 0x1000);
	va_t va = map(report, CONSOLE_PA, 0x1000, SHM_MEM_DEVICE);

	expect(report, kernel != 0 && va == kernel);
	expect(report, devices_is_primecell(va, 0x011));
	expect(report, devices_translate(CONSOLE_PA) & PAR_FAULT);
	expect(report, devices_translate(DISTRIBUTOR_PA) & PAR_FAULT);
	unmap(report, va, false);
	console_printf("devices: the console is at 0x%lx\n",
		       (unsigned long)kernel);
}
