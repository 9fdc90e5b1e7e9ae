/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors there and back, at each level and for each combination of
 * attributes: what pt_format.h encodes means the same to its own decoder and to
 * the simulated machine's, which knows the architecture manual only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpu.h>

/* The other judge's inside; it knows nothing of pt_format.h. */
#include <sim_internal.h>

#define FLAGS 8u

/* What descriptors of one kind are made by. */
struct kind {
	const char *name;
	unsigned int level;
	unsigned int bytes_shift; /* log2 of what it translates */
	unsigned int pa_bits;
	pte_t (*make)(pa_t pa, pte_t attributes, unsigned int level);
};

static pte_t make_page(pa_t pa, pte_t attributes, unsigned int level)
{
	(void)level;
	return pte_make_page(pa, attributes);
}

static pte_t make_block(pa_t pa, pte_t attributes, unsigned int level)
{
	(void)level;
	return pte_make_block(pa, attributes);
}

static pte_t make_group(pa_t pa, pte_t attributes, unsigned int level)
{
	return pte_make_group(pa, attributes, level);
}

#define MAX_KINDS 8

/* Sizes as the manual has them, by the simulated machine's levels. */
static unsigned int all_kinds(struct kind *kinds)
{
	unsigned int count = 0;

	kinds[count++] = (struct kind){ "page", SIM_LAST_LEVEL, 12,
					SIM_PAGE_PA_BITS, make_page };
	kinds[count++] = (struct kind){ "group of pages", SIM_LAST_LEVEL, 16,
					SIM_PAGE_PA_BITS, make_group };
	for (unsigned int level = 1; level < SIM_LAST_LEVEL; level++) {
		unsigned int shift = sim_level_shift(level);

		assert_true(pt_has_blocks(level));
		kinds[count++] = (struct kind){ "block", level, shift,
						SIM_PAGE_PA_BITS, make_block };
		kinds[count++] =
			(struct kind){ "group of blocks", level, shift + 4,
				       SIM_GROUP_PA_BITS, make_group };
	}
	return count;
}

static enum shm_memtype nth_type(unsigned int n)
{
	return (enum shm_memtype)(n / FLAGS | (n % FLAGS) << 3);
}

#define TYPES (SHM_MEM_TYPE_COUNT * FLAGS)

/* All that the machine makes of it, against what was asked for. */
static void check_meaning(const struct kind *kind, pte_t pte, pa_t pa,
			  enum shm_memtype type)
{
	bool world_above = SIM_TABLE_HAS_WORLD && kind->level == SIM_LAST_LEVEL;
	struct sim_place place = { kind->level, 0,
				   world_above && (type & SHM_MEM_NON_SECURE) };
	struct sim_mapping leaf = sim_decode_leaf(pte, place);
	bool cached = (type & 7) == SHM_MEM_CACHED;
	bool group = kind->make == make_group;

	assert_true(sim_desc_is_leaf(pte, kind->level));
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.size,
			 UINT64_C(1) << (kind->bytes_shift -
					 (group && !SIM_GROUP_IS_ONE ? 4 : 0)));
	assert_int_equal(leaf.attr, type & 7);
	assert_int_equal(leaf.share, cached ? 3 : 2);
	assert_int_equal(leaf.ns, (type & SHM_MEM_NON_SECURE) != 0);
	assert_int_equal(leaf.read_only, (type & SHM_MEM_READ_ONLY) != 0);
	assert_int_equal(leaf.executable, (type & SHM_MEM_NO_EXEC) == 0);
	assert_true(leaf.accessed);
	assert_false(leaf.user || leaf.not_global);
	assert_int_equal(leaf.contiguous, group);
}

static void check_round_trip(const struct kind *kind, pte_t pte, pa_t pa,
			     enum shm_memtype type, pte_t software)
{
	pte_t table = pte_make_table(0x400000, pte_table_attributes(type));

	assert_true(pte_is_valid(pte));
	assert_false(pte_is_table(pte, kind->level));
	assert_int_equal(pte_is_group(pte, kind->level),
			 kind->make == make_group);
	assert_int_equal(pte_address(pte, kind->level), pa);
	assert_int_equal(pte_memtype(pte, kind->level, table), type);
	assert_int_equal(pte_software(pte, kind->level), software);
}

static void every_descriptor_means_what_was_asked(void **state)
{
	static const pte_t software[] = { 0, PTE_SW_PAGE_LINK,
					  PTE_SW_BLOCK_LINK,
					  PTE_SW_PAGE_LINK |
						  PTE_SW_BLOCK_LINK };
	struct kind kinds[MAX_KINDS];
	unsigned int count = all_kinds(kinds);

	(void)state;
	for (unsigned int n = 0; n < count * TYPES * 4; n++) {
		const struct kind *kind = &kinds[n / 4 / TYPES];
		enum shm_memtype type = nth_type(n / 4 % TYPES);
		pte_t attributes = pte_attributes(type) | software[n % 4];

		/* Each bit of the address alone, all of them, and none. */
		for (unsigned int bit = kind->bytes_shift - 2;
		     bit < kind->pa_bits; bit++) {
			pa_t all = (UINT64_C(1) << kind->pa_bits) -
				   (UINT64_C(1) << kind->bytes_shift);
			pa_t pa = bit == kind->bytes_shift - 2 ? 0
				  : bit < kind->bytes_shift
					  ? all
					  : UINT64_C(1) << bit;
			pte_t pte = kind->make(pa, attributes, kind->level);

			check_meaning(kind, pte, pa, type);
			check_round_trip(kind, pte, pa, type, software[n % 4]);
		}
	}
}

/* Members of a group say what the machine expects of them. */
static void groups_go_on_as_the_machine_expects(void **state)
{
	struct kind kinds[MAX_KINDS];
	unsigned int count = all_kinds(kinds);

	(void)state;
	assert_int_equal(PT_GROUP_COUNT, SIM_GROUP);
	assert_int_equal(PT_GROUP_IS_HINT, !SIM_GROUP_IS_ONE);
	for (unsigned int n = 0; n < count * TYPES; n++) {
		const struct kind *kind = &kinds[n / TYPES];
		pte_t first;

		if (kind->make != make_group)
			continue;
		first = make_group(UINT64_C(1) << (kind->pa_bits - 1),
				   pte_attributes(nth_type(n % TYPES)),
				   kind->level);
		assert_true(sim_desc_in_group(first, kind->level));
		for (unsigned int i = 1; i < SIM_GROUP; i++) {
			pte_t next =
				first + (pte_t)i * pte_group_step(kind->level);

			assert_int_equal(next, sim_desc_group_next(
						       first, kind->level, i));
		}
	}
}

static void tables_lead_where_they_were_told(void **state)
{
	(void)state;
	for (unsigned int level = SIM_FIRST_LEVEL; level < SIM_LAST_LEVEL;
	     level++) {
		for (unsigned int bit = 10; bit < SIM_PAGE_PA_BITS; bit++) {
			pa_t pa = UINT64_C(1) << bit;
			pte_t pte;

			if (pa < SIM_CHUNK_BYTES)
				continue;
			pte = pte_make_table(
				pa, pte_table_attributes(SHM_MEM_SHARED));
			assert_true(sim_desc_is_table(pte, level));
			assert_int_equal(sim_desc_address(pte, level), pa);
			assert_int_equal(sim_desc_table_ns(pte),
					 SIM_TABLE_HAS_WORLD);
			assert_true(pte_is_table(pte, level));
			assert_int_equal(pte_address(pte, level), pa);
			pte = pte_make_table(
				pa, pte_table_attributes(SHM_MEM_SECURE));
			assert_false(sim_desc_table_ns(pte));
		}
	}
	assert_false(sim_desc_valid(PTE_INVALID));
	assert_false(pte_is_valid(PTE_INVALID));
	assert_int_equal(PT_TABLE_HAS_WORLD, SIM_TABLE_HAS_WORLD);
}

static void geometry_is_the_machine_s(void **state)
{
	(void)state;
	assert_int_equal(PT_LEAF_LEVEL, SIM_LAST_LEVEL);
	assert_int_equal(PT_TABLE_BYTES, SIM_CHUNK_BYTES);
	assert_int_equal(PT_TABLE_BYTES * PT_TABLES_PER_PAGE, SHM_PAGE_SIZE);
	assert_int_equal(PT_ENTRY_COUNT, sim_table_entries(SIM_LAST_LEVEL));
	assert_int_equal(PT_ENTRY_COUNT * sizeof(pte_t), PT_TABLE_BYTES);
	assert_int_equal((1u << PT_PAGE_BITS) * sizeof(pte_t), SHM_PAGE_SIZE);
	assert_int_equal(PT_PAGE_PA_BITS, SIM_PAGE_PA_BITS);
	assert_int_equal(PT_BLOCK_PA_BITS, SIM_GROUP_PA_BITS);
	/* T0SZ = 39, or TTBCR.N = 7. */
	assert_int_equal(PT_VA_BITS_MIN, 25);
	assert_in_range(PT_VA_BITS_MAX, SIM_VA_BITS,
			SIM_LAST_LEVEL == 2 ? 32 : 48);
	assert_int_equal(pt_first_level(SIM_VA_BITS), SIM_FIRST_LEVEL);
	assert_int_equal(1u << pt_first_bits(SIM_VA_BITS),
			 sim_table_entries(SIM_FIRST_LEVEL));
	for (unsigned int bits = PT_VA_BITS_MIN; bits <= PT_VA_BITS_MAX; bits++)
		/* The first table and the levels below it take all bits. */
		assert_int_equal(pt_level_shift(pt_first_level(bits)) +
					 pt_first_bits(bits),
				 bits);
	for (unsigned int level = SIM_FIRST_LEVEL; level <= SIM_LAST_LEVEL;
	     level++) {
		assert_int_equal(pt_level_shift(level), sim_level_shift(level));
		for (unsigned int bit = 12; bit < SIM_VA_BITS; bit++) {
			va_t va = UINT64_C(1) << bit;

			assert_int_equal(
				pt_index(va, level),
				(va >> sim_level_shift(level)) &
					(sim_table_entries(level) - 1));
		}
	}
}

static void each_type_has_its_register_field(void **state)
{
	static const unsigned int memory[] = SIM_MEMORY_TYPES;

	(void)state;
	for (unsigned int i = 0; i < SHM_MEM_TYPE_COUNT; i++)
		assert_int_equal(sim_type_memory(PT_TYPES, i), memory[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_descriptor_means_what_was_asked),
		cmocka_unit_test(groups_go_on_as_the_machine_expects),
		cmocka_unit_test(tables_lead_where_they_were_told),
		cmocka_unit_test(geometry_is_the_machine_s),
		cmocka_unit_test(each_type_has_its_register_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
