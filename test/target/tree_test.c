// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the firmware hands over to the normal world, in the words of the two
 * specifications: a device tree that offers us, by itself as Linux wants it or
 * in a transfer list. This group has to be the first, as others write where the
 * list lies. The word "handoff" in the tree's bootargs asks for a list.
 */
#include "call.h"
#include "tap.h"

#define TREE_MAGIC     0xd00dfeedu
#define TREE_SIZE      4u
#define TREE_STRUCTURE 8u
#define TREE_STRINGS   12u
#define TOKEN_BEGIN    1u
#define TOKEN_END      2u
#define TOKEN_PROPERTY 3u
#define TOKEN_NOP      4u

#define LIST_X1	       UINT64_C(0x14a0fb10b)
#define LIST_SIGNATURE 0x4a0fb10bu
#define LIST_HEADER    24u
#define TAG_TREE       1u
#define TAG_PAGED_PART 0x100u

/* Big-endian, as in trees. */
static uint32_t cell(uint64_t at)
{
	return __builtin_bswap32(*(const uint32_t *)(uintptr_t)at);
}

static uint32_t word(uint64_t at)
{
	return *(const uint32_t *)(uintptr_t)at;
}

/* Answers the length of `a` if they are the same, otherwise 0. */
static uint32_t same_name(uint64_t at, const char *name)
{
	const char *a = (const char *)(uintptr_t)at;
	uint32_t i = 0;

	while (a[i] == name[i] && name[i] != '\0')
		i++;
	return a[i] == name[i] ? i : 0;
}

static uint32_t length_of(uint64_t at)
{
	const char *string = (const char *)(uintptr_t)at;
	uint32_t i = 0;

	while (string[i] != '\0')
		i++;
	return i;
}

struct property {
	uint64_t value;
	uint32_t size;
	unsigned int found; /* times */
};

/* The way to a node, below the root. */
struct path {
	const char *name[2];
	unsigned int count;
};

struct walk {
	uint64_t at;
	unsigned int depth;   /* of the node that it is in; the root has 1 */
	unsigned int matched; /* of those, how many are on the path */
};

static void enter_node(struct walk *walk, const struct path *path)
{
	unsigned int depth = walk->depth++;

	if (walk->matched == depth &&
	    (depth == 0 || (depth <= path->count &&
			    same_name(walk->at, path->name[depth - 1]) != 0)))
		walk->matched++;
	walk->at += (length_of(walk->at) + 4u) & ~3u;
}

static void leave_node(struct walk *walk)
{
	if (walk->matched == walk->depth)
		walk->matched--;
	walk->depth--;
}

static struct property find(const struct path *path, const char *name)
{
	uint64_t tree = boot_registers[0];
	uint64_t strings = tree + cell(tree + TREE_STRINGS);
	uint64_t end = tree + cell(tree + TREE_SIZE);
	struct walk walk = { tree + cell(tree + TREE_STRUCTURE), 0, 0 };
	struct property result = { 0, 0, 0 };

	while (walk.at < end) {
		uint32_t token = cell(walk.at);
		uint32_t size = cell(walk.at + 4);

		walk.at += 4;
		if (token == TOKEN_BEGIN) {
			enter_node(&walk, path);
		} else if (token == TOKEN_END) {
			leave_node(&walk);
		} else if (token == TOKEN_PROPERTY) {
			if (walk.depth == path->count + 1 &&
			    walk.matched == walk.depth &&
			    same_name(strings + cell(walk.at + 4), name) != 0)
				result = (struct property){ walk.at + 8, size,
							    result.found + 1 };
			walk.at += 8 + ((size + 3u) & ~3u);
		} else if (token != TOKEN_NOP) {
			break;
		}
	}
	check(walk.depth == 0);
	return result;
}

static void tree_offers_us(void)
{
	static const struct path optee = { { "firmware", "optee" }, 2 };
	uint64_t tree = boot_registers[0];
	struct property compatible, method;

	if (!check(tree != 0 && tree % 8 == 0) ||
	    !equal(cell(tree), TREE_MAGIC))
		return;
	compatible = find(&optee, "compatible");
	method = find(&optee, "method");
	if (!equal(compatible.found, 1) || !equal(method.found, 1))
		return;
	equal(compatible.size, sizeof("linaro,optee-tz"));
	check(same_name(compatible.value, "linaro,optee-tz"));
	equal(method.size, sizeof("smc"));
	check(same_name(method.value, "smc"));
}

static bool list_is_wanted(void)
{
	static const struct path chosen = { { "chosen", NULL }, 1 };
	struct property arguments = find(&chosen, "bootargs");

	for (uint32_t i = 0; i + 8 <= arguments.size; i++)
		if (same_name(arguments.value + i, "handoff") != 0)
			return true;
	return false;
}

/* Both entries of the firmware: the tree that x0 names, and what is behind. */
static void check_entries(uint64_t list)
{
	uint64_t end = list + word(list + 8);
	uint64_t at = list + LIST_HEADER;
	unsigned int trees = 0, parts = 0;

	while (at < end) {
		uint32_t tag = word(at) & 0xffffff;
		uint64_t data = at + (word(at) >> 24);
		uint32_t size = word(at + 4);

		if (!check(data >= at + 8 && data + size <= end))
			return;
		if (tag == TAG_TREE) {
			trees++;
			equal(data, boot_registers[0]);
			check(cell(data + TREE_SIZE) <= size);
		} else if (tag == TAG_PAGED_PART) {
			parts++;
			equal(size, 8);
		}
		at = (data + size + 7) & ~UINT64_C(7);
	}
	equal(trees, 1);
	equal(parts, 1);
}

static void list_is_sound(void)
{
	uint64_t list = boot_registers[3];
	uint8_t sum = 0;

	if (!list_is_wanted()) {
		equal(boot_registers[1], 0);
		equal(boot_registers[2], 0);
		equal(boot_registers[3], 0);
		return;
	}
	if (!equal(boot_registers[1], LIST_X1) ||
	    !equal(word(list), LIST_SIGNATURE))
		return;
	equal(boot_registers[2], 0);
	check(word(list + 8) <= word(list + 12));
	for (uint64_t i = 0; i < word(list + 8); i++)
		sum = (uint8_t)(sum + *(const uint8_t *)(uintptr_t)(list + i));
	equal(word(list + 16) & 1, 1);
	equal(sum, 0);
	check_entries(list);
}

static const struct test tests[] = {
	{ "tree_for_the_normal_world_offers_us", tree_offers_us },
	{ "firmware_hands_over_a_sound_list_where_asked_to", list_is_sound },
};

GROUP(handed_over, tests);
