/*
 * Bytes of entries and events, built from their description in entry.h.
 */
#include "verify/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> (56 - 8 * i));
	return at + 8;
}

static uint64_t take_u64(const uint8_t *at)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

void entry_write(const struct entry *entry, uint8_t *out)
{
	uint8_t *at = out;

	*at++ = 1;
	*at++ = (uint8_t)entry->kind;
	at = put_u64(at, entry->subject);
	at = put_u64(at, entry->number);
	at = put_u64(at, (uint64_t)entry->at);
	memcpy(at, entry->digest.b, HASH_BYTES);
}

bool entry_parse(const uint8_t *bytes, size_t n, struct entry *ret)
{
	if (n != ENTRY_BYTES || bytes[0] != 1 || bytes[1] == 0 || bytes[1] >= ENTRY_KIND_END)
		return false;
	*ret = (struct entry){
		.kind = bytes[1], .subject = take_u64(bytes + 2),
		.number = take_u64(bytes + 10), .at = (int64_t)take_u64(bytes + 18),
	};
	memcpy(ret->digest.b, bytes + 26, HASH_BYTES);
	return true;
}

bool entry_same(const struct entry *a, const struct entry *b)
{
	return a->kind == b->kind && a->subject == b->subject && a->number == b->number &&
	       a->at == b->at && hash_same(&a->digest, &b->digest);
}

const char *event_type(uint64_t kind)
{
	static const char *const types[] = {
		NULL, "appeal.received", "task.dispatched", "task.signed", "task.contacted",
		"task.progressed", "task.completed", "task.review_failed",
		"task.review_passed", "task.visited", "task.redo", "task.warned",
		"task.overdue", "task.card", "identity.revealed", "task.return_requested",
		"task.return_accepted", "task.return_refused", "task.disputed", "task.ruled",
		"task.extension_requested", "task.extension_decided", "task.paused",
		"task.resumed", "task.on_account", "task.off_account",
		"task.exclusion_requested", "task.excluded", "task.exclusion_refused",
		"task.withdrawn", "task.restored", "task.reported", "task.assist_delayed",
		"task.urged", "task.supervised", "task.escalated", "task.due_moved",
		"task.visit_asked", "task.unreachable", "task.archived", "task.reopened",
		"appeal.answered", "appeal.refused", "appeal.transfer_asked",
		"appeal.transferred", "appeal.transfer_refused", "appeal.withdrawn",
		"appeal.merged", "appeal.unmerged", "appeal.joined", "appeal.parted",
		"appeal.reopened", "appeal.fast_lane", "appeal.observed", "task.callback_asked",
		"task.callback_answered", "appeal.exchanged", "appeal.attached", "appeal.undone",
	};

	return kind < sizeof(types) / sizeof(types[0]) ? types[kind] : NULL;
}

static void add_text(struct text text)
{
	const uint8_t length[4] = {
		(uint8_t)(text.n >> 24), (uint8_t)(text.n >> 16), (uint8_t)(text.n >> 8),
		(uint8_t)text.n,
	};

	hash_add(length, sizeof(length));
	hash_add(text.p, text.n);
}

static void add_number(uint64_t value)
{
	uint8_t bytes[12] = { 0, 0, 0, 8 };

	put_u64(bytes + 4, value);
	hash_add(bytes, sizeof(bytes));
}

struct hash event_digest(const struct event_row *event)
{
	hash_begin();
	hash_add("\1", 1);
	add_number(event->appeal);
	add_number(event->number);
	add_text(text_of(event_type(event->kind)));
	add_number((uint64_t)event->at);
	add_number((uint64_t)event->recorded_at);
	add_number(event->by_kind);
	add_number(event->by);
	add_text(event->by_name);
	add_number(event->task);
	add_text(event->data);
	return hash_end();
}

#define COUNT_PER_DAY UINT64_C(10000000)

uint64_t appeal_parse(struct text reference)
{
	uint64_t digits = 0;

	if (!text_starts(reference, "LD") || reference.n < 14 || reference.n > 15 ||
	    (reference.n == 15 && reference.p[8] == '0'))
		return 0;
	for (size_t i = 2; i < reference.n; i++) {
		unsigned int digit = (unsigned int)(reference.p[i] - '0');

		if (digit > 9)
			return 0;
		digits = digits * 10 + digit;
	}
	uint64_t per_day = reference.n == 14 ? COUNT_PER_DAY / 10 : COUNT_PER_DAY;
	return digits / per_day * COUNT_PER_DAY + digits % per_day;
}

char *appeal_write(uint64_t appeal, char *out)
{
	snprintf(out, APPEAL_ROOM, "LD%06" PRIu64 "%06" PRIu64, appeal / COUNT_PER_DAY,
		 appeal % COUNT_PER_DAY);
	return out;
}
