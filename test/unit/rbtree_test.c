/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The red-black tree: order, colours, black heights, parent links and summaries
 * are checked from scratch around every step, in every small case there is and
 * in long random sequences.
 */
#include <string.h>

#include "model/random.h"
#include "rb_items.h"

static void insert(struct rb_tree *tree, struct item *item)
{
	struct rb_slot slot = { NULL, RB_LEFT };
	struct rb_node *node = tree->root;

	while (node != NULL)
		node = rb_descend(node, item_of(node)->key < item->key, &slot);
	/* What a node held before it came into the tree must not matter. */
	memset(&item->node, 0xa5, sizeof(item->node));
	rb_insert_at(tree, slot, &item->node);
}

static struct item *make_item(unsigned int key, unsigned int weight)
{
	items[key].key = key;
	items[key].weight = weight;
	/* Left over from before: wrong, or right by chance. */
	items[key].max_weight = key % 2 ? weight : weight + 7;
	return &items[key];
}

/* Fill with the given order of keys, then empty it in the order of another. */
static void run_orders(const unsigned int *in, const unsigned int *out,
		       unsigned int count, rb_update_fn *update)
{
	struct rb_tree tree;

	rb_init(&tree, update);
	for (unsigned int i = 0; i < count; i++) {
		insert(&tree, make_item(in[i], (in[i] * 5) % 7));
		check_tree(&tree, i + 1);
	}
	for (unsigned int i = 0; i < count; i++) {
		rb_erase(&tree, &items[out[i]].node);
		check_tree(&tree, count - i - 1);
	}
	assert_true(rb_is_empty(&tree));
}

static unsigned int next_permutation(unsigned int *a, unsigned int n)
{
	unsigned int i = n - 1;
	unsigned int j = n - 1;
	unsigned int swap;

	while (i > 0 && a[i - 1] >= a[i])
		i--;
	if (i == 0)
		return 0;
	while (a[j] <= a[i - 1])
		j--;
	swap = a[i - 1], a[i - 1] = a[j], a[j] = swap;
	for (j = n - 1; i < j; i++, j--)
		swap = a[i], a[i] = a[j], a[j] = swap;
	return 1;
}

static void every_order_of_five_in_and_out_keeps_the_tree(void **state)
{
	unsigned int in[5] = { 0, 1, 2, 3, 4 };

	(void)state;
	do {
		unsigned int out[5] = { 0, 1, 2, 3, 4 };

		do {
			run_orders(in, out, 5, update_max);
		} while (next_permutation(out, 5));
	} while (next_permutation(in, 5));
}

static void every_order_of_eight_out_keeps_the_tree(void **state)
{
	unsigned int in[8] = { 3, 6, 1, 7, 0, 5, 2, 4 };
	unsigned int out[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	do {
		run_orders(in, out, 8, update_max);
	} while (next_permutation(out, 8));
}

static void tree_without_update_function_works(void **state)
{
	unsigned int in[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	unsigned int out[8] = { 7, 0, 6, 1, 5, 2, 4, 3 };

	(void)state;
	run_orders(in, out, 8, NULL);
	run_orders(out, in, 8, NULL);
}

static struct item *find(const struct rb_tree *tree, unsigned int key)
{
	for (struct rb_node *n = rb_first(tree); n != NULL; n = rb_next(n))
		if (item_of(n)->key == key)
			return item_of(n);
	return NULL;
}

static void one_random_sequence(struct random *random)
{
	unsigned int limit = 1 + (unsigned int)random_below(random, 64);
	unsigned int count = 0;
	struct rb_tree tree;

	rb_init(&tree, update_max);
	for (unsigned int step = 0; step < 300; step++) {
		unsigned int key = (unsigned int)random_below(random, limit);
		unsigned int weight = (unsigned int)random_below(random, 100);
		struct item *item = find(&tree, key);

		if (item == NULL) {
			insert(&tree, make_item(key, weight));
			count++;
		} else if (random_below(random, 3) == 0) {
			item->weight = weight;
			rb_propagate(&tree, &item->node);
		} else {
			rb_erase(&tree, &item->node);
			count--;
		}
		check_tree(&tree, count);
	}
}

static void random_sequences_keep_the_tree(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct random random = random_start("rbtree", seed);

		one_random_sequence(&random);
	}
}

/* Longest way down, in nodes. */
static unsigned int depth_of(const struct rb_node *node)
{
	unsigned int left;
	unsigned int right;

	if (node == NULL)
		return 0;
	left = depth_of(node->child[RB_LEFT]);
	right = depth_of(node->child[RB_RIGHT]);
	return 1 + (left > right ? left : right);
}

static void ascending_keys_stay_within_twice_the_logarithm(void **state)
{
	struct rb_tree tree;

	(void)state;
	rb_init(&tree, update_max);
	for (unsigned int i = 0; i < 511; i++)
		insert(&tree, make_item(i, i));
	check_tree(&tree, 511);
	assert_true(depth_of(tree.root) <= 2 * 9);
}

static void unchanged_summary_stops_the_way_up(void **state)
{
	struct rb_tree tree;

	(void)state;
	rb_init(&tree, update_max);
	for (unsigned int i = 0; i < 511; i++)
		insert(&tree, make_item(i, 50));
	update_count = 0;
	items[0].weight = 40; /* a leaf: its parent's maximum stays 50 */
	rb_propagate(&tree, &items[0].node);
	check_tree(&tree, 511);
	assert_true(update_count <= 2);
}

static void slot_after_is_the_place_next_in_order(void **state)
{
	struct rb_tree tree;
	struct rb_node *last = NULL;

	(void)state;
	/* Even keys first, each after the one before; then odd in between. */
	rb_init(&tree, update_max);
	for (unsigned int i = 2; i < 200; i += 2) {
		struct item *item = make_item(i, i);

		rb_insert_at(&tree, rb_slot_after(&tree, last), &item->node);
		last = &item->node;
	}
	for (unsigned int i = 3; i < 200; i += 2)
		rb_insert_at(&tree, rb_slot_after(&tree, &items[i - 1].node),
			     &make_item(i, i)->node);
	rb_insert_at(&tree, rb_slot_after(&tree, NULL),
		     &make_item(1, 300)->node);
	check_tree(&tree, 199);
	assert_ptr_equal(rb_first(&tree), &items[1].node);
}

static void replaced_node_hands_over_place_and_summary(void **state)
{
	(void)state;
	for (unsigned int at = 0; at < 40; at++) {
		struct item other = { .key = at, .weight = at % 2 ? 0 : 99 };
		struct rb_tree tree;

		rb_init(&tree, update_max);
		for (unsigned int i = 0; i < 40; i++)
			insert(&tree, make_item(i, i));
		rb_replace(&tree, &items[at].node, &other.node);
		check_tree(&tree, 40);
		assert_ptr_equal(find(&tree, at), &other);
		rb_erase(&tree, &other.node);
		check_tree(&tree, 39);
	}
}

static bool key_at_most(const struct rb_node *node, const void *key)
{
	return ((const struct item *)node)->key <= *(const unsigned int *)key;
}

static void find_last_gives_the_highest_at_or_below(void **state)
{
	struct rb_tree tree;

	(void)state;
	rb_init(&tree, NULL);
	for (unsigned int i = 10; i < 100; i += 10)
		insert(&tree, make_item(i, 0));
	for (unsigned int key = 0; key < 110; key++) {
		struct rb_node *node = rb_find_last(&tree, key_at_most, &key);
		unsigned int want = key > 90 ? 90 : key / 10 * 10;

		if (key < 10)
			assert_null(node);
		else
			assert_int_equal(item_of(node)->key, want);
	}
}

static void empty_tree_has_no_nodes(void **state)
{
	struct rb_tree tree;
	unsigned int key = 1;

	(void)state;
	rb_init(&tree, NULL);
	assert_null(rb_first(&tree));
	assert_null(rb_last(&tree));
	assert_null(rb_find_last(&tree, key_at_most, &key));
	assert_null(rb_slot_after(&tree, NULL).parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_tree_has_no_nodes),
		cmocka_unit_test(every_order_of_five_in_and_out_keeps_the_tree),
		cmocka_unit_test(every_order_of_eight_out_keeps_the_tree),
		cmocka_unit_test(tree_without_update_function_works),
		cmocka_unit_test(random_sequences_keep_the_tree),
		cmocka_unit_test(
			ascending_keys_stay_within_twice_the_logarithm),
		cmocka_unit_test(unchanged_summary_stops_the_way_up),
		cmocka_unit_test(slot_after_is_the_place_next_in_order),
		cmocka_unit_test(replaced_node_hands_over_place_and_summary),
		cmocka_unit_test(find_last_gives_the_highest_at_or_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
