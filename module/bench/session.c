// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an open device remembers of its last run: histograms or a timeline, which do not
 * fit into what the run itself returns.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "engine.h"
#include "latency.h"
#include "timeline.h"

static_assert(sizeof(struct magslab_bucket) == 24);
static_assert(sizeof(struct magslab_latency) == MAGSLAB_LATENCY_SIZE_VER0);
static_assert(sizeof(struct magslab_moment) == 32);
static_assert(sizeof(struct magslab_timeline) == MAGSLAB_TIMELINE_SIZE_VER0);

struct bench_session *bench_session_make(void)
{
	struct bench_session *session;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (session)
		mutex_init(&session->lock);
	return session;
}

void bench_session_free(struct bench_session *session)
{
	bench_latency_free(session->latency);
	bench_timeline_free(session->timeline);
	mutex_destroy(&session->lock);
	kfree(session);
}

/**
 * bench_session_keep - keep what a run has to tell, and forget the last one's
 * @session: who remembers it
 * @run: a run that is done; it is the session's from now on
 *
 * Context: Task. May sleep.
 */
void bench_session_keep(struct bench_session *session, struct bench_run *run)
{
	mutex_lock(&session->lock);
	bench_latency_free(session->latency);
	bench_timeline_free(session->timeline);
	session->latency = run->latency;
	session->timeline = run->timeline;
	run->latency = NULL;
	run->timeline = NULL;
	mutex_unlock(&session->lock);
}

static struct magslab_bucket
bucket_at(const struct latency_histogram *histogram, unsigned int i)
{
	return (struct magslab_bucket){
		.first = log_linear_first(i, LATENCY_STEP_BITS),
		.last = i == LATENCY_OVERFLOW ?
				histogram->max :
				log_linear_last(i, LATENCY_STEP_BITS),
		.count = histogram->count[i],
	};
}

/* Those with anything in them, as many as there is room for. Counts them all. */
static int put_buckets(const struct latency_histogram *histogram,
		       struct magslab_latency *user)
{
	struct magslab_bucket __user *to = u64_to_user_ptr(user->buckets);
	struct magslab_bucket bucket;
	unsigned int i;
	u32 nr = 0;

	for (i = 0; i < LATENCY_BUCKETS; i++) {
		if (!histogram->count[i])
			continue;
		bucket = bucket_at(histogram, i);
		if (nr < user->nr_buckets &&
		    copy_to_user(to + nr, &bucket, sizeof(bucket)))
			return -EFAULT;
		nr++;
	}
	user->nr_buckets = nr;
	return 0;
}

static int tell(const struct latency_lane *lane, struct magslab_latency *user)
{
	const struct latency_histogram *histogram;
	bool nothing = user->call == MAGSLAB_CALL_NOTHING;

	if (user->path >= (nothing ? 1 : lane->nr_paths))
		return -ENOENT;
	histogram = &lane->histograms[user->call * lane->nr_paths + user->path];
	user->samples = histogram->samples;
	user->switched = histogram->switched;
	user->sum = histogram->sum;
	user->min = histogram->min;
	user->max = histogram->max;
	memset(user->name, 0, sizeof(user->name));
	if (!nothing)
		strscpy(user->name, lane->names[user->path],
			sizeof(user->name));
	return put_buckets(histogram, user);
}

/**
 * bench_session_tell - give the user one histogram
 * @session: who remembers it
 * @user: which, and where to; the rest of it is filled in
 *
 * Context: Task. May sleep.
 * Return: 0, or what struct magslab_latency documents.
 */
int bench_session_tell(struct bench_session *session,
		       struct magslab_latency *user)
{
	int ret = -ENOENT;

	if (user->call > MAGSLAB_CALL_NOTHING || user->reserved)
		return -EINVAL;
	if (mutex_lock_interruptible(&session->lock))
		return -EINTR;
	if (session->latency && user->backend < session->latency->nr_lanes)
		ret = tell(&session->latency->lanes[user->backend], user);
	mutex_unlock(&session->lock);
	return ret;
}

static int put_moments(const struct timeline_lane *lane,
		       struct magslab_timeline *user)
{
	u32 nr = min(user->nr_moments, lane->nr);

	if (copy_to_user(u64_to_user_ptr(user->moments), lane->moments,
			 nr * sizeof(*lane->moments)))
		return -EFAULT;
	user->nr_moments = lane->nr;
	user->flags = 0;
	if (lane->valid)
		user->flags |= MAGSLAB_RESULT_HELD;
	if (lane->approximate)
		user->flags |= MAGSLAB_RESULT_HELD_APPROX;
	return 0;
}

/**
 * bench_session_tell_timeline - give the user what one back-end held over time
 * @session: who remembers it
 * @user: which, and where to; the rest of it is filled in
 *
 * Context: Task. May sleep.
 * Return: 0, or what struct magslab_timeline documents.
 */
int bench_session_tell_timeline(struct bench_session *session,
				struct magslab_timeline *user)
{
	int ret = -ENOENT;

	if (mutex_lock_interruptible(&session->lock))
		return -EINTR;
	if (session->timeline && user->backend < session->timeline->nr_lanes)
		ret = put_moments(&session->timeline->lanes[user->backend],
				  user);
	mutex_unlock(&session->lock);
	return ret;
}
