// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpu.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/guard.h"
#include "alloc/object.h"
#include "ladder/queue.h"

static struct magslab_depot *depot_here(struct ladder_queue *queue)
{
	return &queue->depot[numa_mem_id()];
}

/*
 * === The cache behind ===
 */

/* Not zeroed. Return: how many, all or none. */
static size_t cache_take(struct ladder_queue *queue, gfp_t gfp, void **objects,
			 size_t nr)
{
	return magslab_take_bulk(queue->cache, gfp & ~__GFP_ZERO, nr, objects,
				 _RET_IP_);
}

/* Past the cache's own magazines, if nobody is to see each object. */
static void cache_put(struct ladder_queue *queue, void **objects, size_t nr)
{
	if (unlikely(queue->cache->watch))
		magslab_free_bulk(queue->cache, nr, objects);
	else
		magslab_put_direct(queue->cache, objects, nr);
}

static void *zeroed(struct ladder_queue *queue, gfp_t gfp, void *object)
{
	if (object && want_init_on_alloc(gfp))
		__magslab_zero(object, queue->zero_size);
	return object;
}

static void *take_one(struct ladder_queue *queue, gfp_t gfp)
{
	void *object;

	return cache_take(queue, gfp, &object, 1) ? object : NULL;
}

/* A full magazine for the depot, but for one object, which is the caller's. */
static void *take_many(struct ladder_queue *queue, gfp_t gfp)
{
	struct magslab_magazine *magazine;
	void *object = NULL;
	size_t nr;

	magazine = magslab_depot_get_empty(depot_here(queue), NULL);
	if (!magazine)
		magazine = magslab_magazine_create(queue->capacity, gfp);
	if (!magazine)
		return NULL;
	nr = cache_take(queue, gfp | __GFP_NOWARN, magazine->round,
			queue->capacity);
	if (nr) {
		object = magazine->round[--nr];
		magazine->rounds = nr;
	}
	magslab_depot_put(depot_here(queue), magazine);
	return object;
}

/*
 * === Within the guard ===
 */

static void set_head(struct ladder_queue_cpu *cpu,
		     struct magslab_magazine *head)
{
	cpu->head = head;
	cpu->next = head ? head->round : NULL;
	cpu->end = head ? head->round + head->rounds : NULL;
}

static void set_tail(struct ladder_queue_cpu *cpu,
		     struct magslab_magazine *tail)
{
	cpu->tail = tail;
	cpu->last = tail ? tail->round + tail->rounds : NULL;
	cpu->limit = tail ? tail->round + tail->capacity : NULL;
}

/* Write down how much is in the head, from its first place on. */
static struct magslab_magazine *close_head(struct ladder_queue_cpu *cpu)
{
	struct magslab_magazine *head = cpu->head;

	if (!head)
		return NULL;
	head->rounds = cpu->end - cpu->next;
	memmove(head->round, cpu->next, head->rounds * sizeof(*cpu->next));
	return head;
}

static struct magslab_magazine *close_tail(struct ladder_queue_cpu *cpu)
{
	struct magslab_magazine *tail = cpu->tail;

	if (tail)
		tail->rounds = cpu->last - tail->round;
	return tail;
}

static void change_places(struct ladder_queue_cpu *cpu)
{
	struct magslab_magazine *head = close_head(cpu);

	set_head(cpu, close_tail(cpu));
	set_tail(cpu, head);
}

/*
 * A tail that is not full yet is the last to be taken from: where few objects are in
 * use, head and tail would change places all the time.
 * Return: whether there is an object in the head, which was exhausted.
 */
static bool make_object(struct ladder_queue *queue,
			struct ladder_queue_cpu *cpu)
{
	struct magslab_magazine *full = NULL;

	if (cpu->last != cpu->limit)
		full = magslab_depot_get_full(depot_here(queue),
					      close_head(cpu));
	if (full)
		set_head(cpu, full);
	else if (cpu->tail && cpu->last != cpu->tail->round)
		change_places(cpu);
	return cpu->next != cpu->end;
}

/* Return: whether there is room in the tail, which was full. */
static bool make_room(struct ladder_queue *queue, struct ladder_queue_cpu *cpu)
{
	struct magslab_magazine *empty;

	if (cpu->head && cpu->next == cpu->end) {
		change_places(cpu);
		return true;
	}
	empty = magslab_depot_get_empty(depot_here(queue), close_tail(cpu));
	if (empty)
		set_tail(cpu, empty);
	return empty;
}

/* Leaves the guard. Return: NULL if there is no object but in the cache. */
static void *alloc_here(struct ladder_queue *queue)
{
	struct ladder_queue_cpu *cpu = this_cpu_ptr(queue->cpu);
	void *object = NULL;

	if (make_object(queue, cpu)) {
		object = *cpu->next++;
		cpu->allocs++;
	}
	ladder_queue_leave(queue);
	return object;
}

/* Leaves the guard. Return: false if it takes another magazine. */
static bool free_here(struct ladder_queue *queue, void *object)
{
	struct ladder_queue_cpu *cpu = this_cpu_ptr(queue->cpu);
	bool room = make_room(queue, cpu);

	if (room) {
		*cpu->last++ = object;
		cpu->frees++;
	}
	ladder_queue_leave(queue);
	return room;
}

/*
 * === Operations ===
 */

void *ladder_queue_alloc_miss(struct ladder_queue *queue, gfp_t gfp)
{
	void *object = alloc_here(queue);

	if (!object)
		object = take_many(queue, gfp);
	if (!object)
		object = take_one(queue, gfp);
	return zeroed(queue, gfp, object);
}

void *ladder_queue_alloc_between(struct ladder_queue *queue, gfp_t gfp)
{
	return zeroed(queue, gfp, take_one(queue, gfp));
}

/* Put one more magazine into the depot. Return: whether there is one. */
static bool stock(struct ladder_queue *queue)
{
	struct magslab_magazine *magazine =
		magslab_magazine_create(queue->capacity, GFP_NOWAIT);

	magslab_depot_put(depot_here(queue), magazine);
	return magazine;
}

void ladder_queue_free_miss(struct ladder_queue *queue, void *object)
{
	if (free_here(queue, object))
		return;
	/* With another magazine in the depot it is worth another try. */
	if (stock(queue) && ladder_queue_enter(queue) &&
	    free_here(queue, object))
		return;
	cache_put(queue, &object, 1);
}

void ladder_queue_free_between(struct ladder_queue *queue, void *object)
{
	cache_put(queue, &object, 1);
}

/*
 * === As a whole ===
 */

/* By the CPU itself, or for one that is off or that nobody uses. */
static void empty_cpu(struct ladder_queue *queue, struct ladder_queue_cpu *cpu)
{
	magslab_depot_put(depot_here(queue), close_head(cpu));
	magslab_depot_put(depot_here(queue), close_tail(cpu));
	set_head(cpu, NULL);
	set_tail(cpu, NULL);
}

/* In an interrupt: an operation that is under way keeps what it has. */
static void empty_this_cpu(void *info)
{
	struct ladder_queue *queue = info;

	if (!raw_cpu_read(queue->cpu->busy))
		empty_cpu(queue, this_cpu_ptr(queue->cpu));
}

static void empty_depot(struct ladder_queue *queue, struct magslab_depot *depot)
{
	struct magslab_magazine *magazine;

	while ((magazine = magslab_depot_get_full(depot, NULL))) {
		cache_put(queue, magazine->round, magazine->rounds);
		magslab_magazine_destroy(magazine);
		cond_resched();
	}
	while ((magazine = magslab_depot_get_empty(depot, NULL)))
		magslab_magazine_destroy(magazine);
}

/**
 * ladder_queue_give_back - give all free memory to the page allocator
 * @queue: the queue; what others do meanwhile stays
 *
 * Context: Task. May sleep.
 */
void ladder_queue_give_back(struct ladder_queue *queue)
{
	unsigned int cpu;
	int nid;

	cpus_read_lock();
	on_each_cpu(empty_this_cpu, queue, true);
	preempt_disable();
	for_each_cpu_andnot(cpu, cpu_possible_mask, cpu_online_mask)
		empty_cpu(queue, per_cpu_ptr(queue->cpu, cpu));
	preempt_enable();
	cpus_read_unlock();
	for_each_node(nid)
		empty_depot(queue, &queue->depot[nid]);
	magslab_cache_shrink(queue->cache);
}

/**
 * ladder_queue_create - make a queue in front of a cache
 * @cache: the cache, which nobody else is to use; it is the queue's from now on,
 *	whatever is returned
 *
 * Context: Task. May sleep.
 * Return: the queue or ERR_PTR(-ENOMEM).
 */
struct ladder_queue *ladder_queue_create(struct magslab_cache *cache)
{
	struct ladder_queue *queue;
	int nid;

	queue = kvzalloc(struct_size(queue, depot, nr_node_ids), GFP_KERNEL);
	if (!queue)
		goto err_cache;
	queue->cpu = alloc_percpu(struct ladder_queue_cpu);
	if (!queue->cpu)
		goto err_queue;
	queue->cache = cache;
	queue->zero_size = cache->face.zero_size;
	queue->capacity = cache->sizing.usual;
	for (nid = 0; nid < nr_node_ids; nid++)
		magslab_depot_init(&queue->depot[nid], queue->capacity);
	return queue;

err_queue:
	kvfree(queue);
err_cache:
	magslab_cache_destroy(cache);
	return ERR_PTR(-ENOMEM);
}

/**
 * ladder_queue_destroy - undo ladder_queue_create()
 * @queue: nobody uses it any more
 *
 * Context: Task. May sleep.
 */
void ladder_queue_destroy(struct ladder_queue *queue)
{
	ladder_queue_give_back(queue);
	magslab_cache_destroy(queue->cache);
	free_percpu(queue->cpu);
	kvfree(queue);
}

/* Times a depot's lock was taken. */
u64 ladder_queue_locks(const struct ladder_queue *queue)
{
	u64 locks = 0;
	int nid;

	for_each_node(nid)
		locks += READ_ONCE(queue->depot[nid].leaf.taken);
	return locks;
}
