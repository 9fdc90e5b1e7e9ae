// SPDX-License-Identifier: BSD-2-Clause
/*
 * Stacks of the secure kernel: pool pages in its own virtual space, each above
 * a page that is never mapped, so that an overflow faults.
 */
#include "holdings.h"
#include "space.h"

#define STACK_SPAN (2 * SHM_PAGE_SIZE)

static va_t stack_address(const struct shm_stack *stack)
{
	return stack->area.range.first + SHM_PAGE_SIZE;
}

static void stack_release(struct shm *shm, struct shm_stack *stack)
{
	cpu_irq_t irq = spin_lock(&shm->kernel->lock);

	space_release(shm->kernel, &stack->area);
	spin_unlock(&shm->kernel->lock, irq);
}

static enum shm_status stack_enter(struct shm *shm, struct shm_stack *stack)
{
	va_t va = stack_address(stack);
	pte_t attributes = pte_attributes(SHM_MEM_SECURE);
	struct table *leaf;
	cpu_irq_t irq = spin_lock(&shm->index.lock);
	enum shm_status st = space_make_leaf(shm->kernel, va, &leaf);

	if (st == SHM_OK) {
		pte_store(&leaf->entries[table_index(leaf, va)],
			  pte_make_page(meta_page_pa(&shm->pool, stack->page),
					attributes));
		leaf->live++;
		cpu_publish_tables();
	}
	spin_unlock(&shm->index.lock, irq);
	return st;
}

enum shm_status shm_map_stack(struct shm *shm, struct shm_stack *stack)
{
	struct va_request request = va_request_pages(STACK_SPAN);
	enum shm_status st;
	cpu_irq_t irq = spin_lock(&shm->kernel->lock);

	st = space_reserve(shm->kernel, SHM_MEM_SECURE, &request, &stack->area);
	spin_unlock(&shm->kernel->lock, irq);
	if (st != SHM_OK)
		return st;
	st = stack_enter(shm, stack);
	if (st != SHM_OK)
		stack_release(shm, stack);
	return st;
}

void shm_unmap_stack(struct shm *shm, struct shm_stack *stack)
{
	va_t va = stack_address(stack);
	struct tlb_batch batch;
	struct table *leaf;
	cpu_irq_t irq = spin_lock(&shm->index.lock);

	tlb_batch_init(&batch);
	leaf = space_find_leaf(shm->kernel, va);
	pte_store(&leaf->entries[table_index(leaf, va)], PTE_INVALID);
	tlb_batch_add(&batch, va, 1, PT_LEAF_LEVEL);
	if (--leaf->live == 0)
		space_unhook_leaf(leaf, &batch);
	tlb_batch_finish(shm, &batch);
	spin_unlock(&shm->index.lock, irq);
	stack_release(shm, stack);
}
