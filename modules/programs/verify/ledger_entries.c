/*
 * Entries and what they point to. Of an entry, its leaf and its event two usually still agree
 * when one was changed; the leaf of those two goes into the tree, so that one change is told
 * once and what follows is still checked.
 */
#include "verify/ledger_reading.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- an entry becomes a leaf ---- */

static struct hash leaf_of(const struct entry *entry)
{
	uint8_t bytes[ENTRY_BYTES];

	entry_write(entry, bytes);
	return merkle_leaf(bytes, sizeof(bytes));
}

static void look_for_wanted(struct reading *reading)
{
	struct wanted *wanted = reading->question->wanted;

	if (!wanted || wanted->is_found || !entry_same(&wanted->entry, &reading->open.entry))
		return;
	wanted->is_found = true;
	wanted->position = reading->open.position;
}

void close_entry(struct reading *reading)
{
	struct open_entry *open = &reading->open;

	if (!open->is_open)
		return;
	if (!open->is_told)
		finding_at(&reading->findings, open->position,
			   "the line of its event or content is missing");
	struct hash leaf = leaf_of(&open->entry);
	if (!hash_same(&leaf, &open->stored_leaf)) {
		finding_at(&reading->findings, open->position,
			   "the stored leaf is not the hash of the entry");
		if (!open->is_good)
			leaf = open->stored_leaf;
	}
	if (!reading->is_torn)
		tree_append(reading->tree, &leaf);
	look_for_wanted(reading);
	open->is_open = false;
}

/* Positions are dense: a step is said, and no root is known behind it. */
static bool take_position(struct reading *reading, uint64_t position)
{
	if (position == reading->next)
		return true;
	if (position < reading->next) {
		finding_at(&reading->findings, position,
			   "an entry stands here again, behind position %" PRIu64,
			   reading->next - 1);
		return false;
	}
	finding_at(&reading->findings, reading->next, "%" PRIu64 " entries are missing, the "
		   "next one has position %" PRIu64 "; later roots cannot be checked",
		   position - reading->next, position);
	reading->is_torn = true;
	reading->next = position;
	return true;
}

void take_entry(struct reading *reading, const struct text *f, size_t n)
{
	struct open_entry open = { .is_open = true, .is_good = false };
	struct entry *e = &open.entry;

	close_entry(reading);
	if (n != 8 || !text_u64(f[1], &open.position)) {
		reading_broken(reading, "not an entry with its position");
		return;
	}
	if (!take_position(reading, open.position))
		return;
	reading->next++;
	if (!text_u64(f[2], &e->kind) || e->kind == 0 || e->kind >= ENTRY_KIND_END ||
	    !text_u64(f[3], &e->subject) || !text_u64(f[4], &e->number) ||
	    !text_i64(f[5], &e->at) || !text_hex(f[6], e->digest.b, HASH_BYTES) ||
	    !text_hex(f[7], open.stored_leaf.b, HASH_BYTES)) {
		finding_at(&reading->findings, open.position, "the entry is none: kind %s, "
			   "subject %s, number %s, at %s; later roots cannot be checked",
			   SHOWN(f[2]), SHOWN(f[3]), SHOWN(f[4]), SHOWN(f[5]));
		reading->is_torn = true;
		return;
	}
	reading->open = open;
	if (e->at <= reading->late)
		reading->due_size = reading->next;
}

/* ---- events ---- */

static bool read_event(struct reading *reading, const struct text *f, struct event_row *ret,
		       struct hash *ret_digest)
{
	struct text name;
	uint64_t appeal = appeal_parse(f[1]);

	if ((!appeal && !text_u64(f[1], &appeal)) || !text_u64(f[2], &ret->number) ||
	    !text_u64(f[3], &ret->kind) || !text_i64(f[4], &ret->at) ||
	    !text_i64(f[5], &ret->recorded_at) || !text_u64(f[6], &ret->by_kind) ||
	    !text_u64(f[7], &ret->by) || !text_u64(f[9], &ret->task) ||
	    !text_hex(f[11], ret_digest->b, HASH_BYTES) || f[8].n > 4096 ||
	    !reading_base64(reading, f[8], &name))
		return false;
	ret->appeal = appeal;
	/* The scratch is used again for the data, so the name moves out of its way. */
	char *kept = malloc(name.n + 1);
	if (!kept)
		abort();
	if (name.n)
		memcpy(kept, name.p, name.n);
	ret->by_name = (struct text){ kept, name.n };
	return reading_base64(reading, f[10], &ret->data);
}

static void check_event(struct reading *reading, const struct event_row *event,
			const struct hash *stored)
{
	struct open_entry *open = &reading->open;
	const struct entry *entry = &open->entry;
	struct findings *findings = &reading->findings;
	uint64_t before = findings->count;

	if (event->appeal != entry->subject || event->number != entry->number)
		finding_at(findings, open->position, "the entry is of event %" PRIu64
			   " of %s, the row of event %" PRIu64 " of %s", entry->number,
			   APPEAL(entry->subject), event->number, APPEAL(event->appeal));
	if (event->recorded_at != entry->at)
		finding_at(findings, open->position, "the entry was recorded at %" PRId64
			   ", the event at %" PRId64, entry->at, event->recorded_at);
	if (!hash_same(stored, &entry->digest))
		finding_at(findings, open->position,
			   "the entry has another digest than its event");
	if (!event_type(event->kind)) {
		finding_at(findings, open->position, "event of kind %" PRIu64 ", which this "
			   "program does not know", event->kind);
	} else {
		struct hash digest = event_digest(event);

		if (!hash_same(&digest, stored))
			finding_at(findings, open->position, "the event row %" PRIu64 " of %s "
				   "was changed: it does not have the digest it was stored "
				   "with", event->number, APPEAL(event->appeal));
	}
	open->is_good = findings->count == before;
}

static bool is_awaited(struct reading *reading, bool is_event)
{
	struct open_entry *open = &reading->open;

	if (!open->is_open)
		return false;
	if (open->is_told || (open->entry.kind == ENTRY_EVENT) != is_event) {
		finding_at(&reading->findings, open->position,
			   "what stands behind the entry is not of its kind");
		return false;
	}
	open->is_told = true;
	return true;
}

void take_event(struct reading *reading, const struct text *f, size_t n)
{
	struct event_row event = { 0 };
	struct hash stored;

	if (n != 12) {
		reading_broken(reading, "not an event");
		return;
	}
	if (!is_awaited(reading, true))
		return;
	if (read_event(reading, f, &event, &stored))
		check_event(reading, &event, &stored);
	else
		finding_at(&reading->findings, reading->open.position,
			   "the event row cannot be read: appeal %s, number %s", SHOWN(f[1]),
			   SHOWN(f[2]));
	free((void *)(uintptr_t)event.by_name.p);
}

/* ---- months ---- */

static struct ledger_month *find_month(struct reading *reading, uint64_t yyyymm)
{
	for (size_t i = reading->month_count; i > 0; i--)
		if (reading->months[i - 1].yyyymm == yyyymm)
			return &reading->months[i - 1];
	return NULL;
}

static void check_freeze(struct reading *reading, const struct entry *entry)
{
	struct findings *findings = &reading->findings;
	uint64_t position = reading->open.position;

	if (find_month(reading, entry->subject) || entry->number != 1)
		finding_at(findings, position, "month %" PRIu64 " is frozen a second time",
			   entry->subject);
	else if (reading->month_count == MONTHS_MAX)
		finding_at(findings, position, "more than %d months", MONTHS_MAX);
	else
		reading->months[reading->month_count++] = (struct ledger_month){
			.yyyymm = entry->subject, .frozen = entry->digest,
		};
}

/* Frozen once, then corrected by number and published once. */
static void check_month(struct reading *reading, const struct entry *entry)
{
	struct findings *findings = &reading->findings;
	uint64_t position = reading->open.position;
	struct ledger_month *month = find_month(reading, entry->subject);

	if (entry->kind == ENTRY_FROZEN) {
		check_freeze(reading, entry);
		return;
	}
	if (!month) {
		finding_at(findings, position, "month %" PRIu64 " was not frozen before",
			   entry->subject);
		return;
	}
	if (entry->kind == ENTRY_CORRECTION && entry->number != ++month->corrections) {
		finding_at(findings, position, "correction %" PRIu64 " of month %" PRIu64
			   " comes as number %" PRIu64, entry->number, entry->subject,
			   month->corrections);
	} else if (entry->kind == ENTRY_PUBLISHED) {
		if (month->is_published)
			finding_at(findings, position, "month %" PRIu64 " is published a second "
				   "time", entry->subject);
		month->is_published = true;
	}
}

/* The text of a publication names the digest of what it publishes. */
static void check_publication(struct reading *reading, struct text content)
{
	const struct ledger_month *month = find_month(reading, reading->open.entry.subject);
	char line[2 * HASH_BYTES + 16];
	int n = snprintf(line, sizeof(line), "\ndigest\t");

	if (!month)
		return;
	hex_write(month->frozen.b, HASH_BYTES, line + n);
	strcat(line, "\n");
	if (!memmem(content.p, content.n, line, strlen(line)))
		finding_at(&reading->findings, reading->open.position, "month %" PRIu64
			   " is published with another digest than it was frozen with",
			   reading->open.entry.subject);
}

void take_content(struct reading *reading, const struct text *f, size_t n)
{
	struct text content;

	if (n != 2) {
		reading_broken(reading, "not a content");
		return;
	}
	if (!is_awaited(reading, false))
		return;
	uint64_t before = reading->findings.count;
	if (!reading_base64(reading, f[1], &content)) {
		finding_at(&reading->findings, reading->open.position,
			   "the content cannot be read");
		return;
	}
	struct hash digest = hash_of(content.p, content.n);
	if (!hash_same(&digest, &reading->open.entry.digest))
		finding_at(&reading->findings, reading->open.position,
			   "the content does not have the digest of its entry");
	if (reading->open.entry.kind < ENTRY_OTHER)
		check_month(reading, &reading->open.entry);
	if (reading->open.entry.kind == ENTRY_PUBLISHED)
		check_publication(reading, content);
	reading->open.is_good = reading->findings.count == before;
}

void take_missing(struct reading *reading, const struct text *f, size_t n)
{
	if (n != 2) {
		reading_broken(reading, "not what is missing");
		return;
	}
	if (!is_awaited(reading, text_is(f[1], "event")))
		return;
	/* To publish is to say again what was frozen. */
	if (reading->open.entry.kind == ENTRY_PUBLISHED) {
		check_month(reading, &reading->open.entry);
		return;
	}
	finding_at(&reading->findings, reading->open.position, "the %s of the entry is "
		   "missing: number %" PRIu64 " of %s", SHOWN(f[1]), reading->open.entry.number,
		   APPEAL(reading->open.entry.subject));
}

/* Only events that should have had an entry by the time of the dump stand there. */
void take_unsequenced(struct reading *reading, const struct text *f, size_t n)
{
	if (n != 3) {
		reading_broken(reading, "not an unsequenced event");
		return;
	}
	uint64_t appeal = appeal_parse(f[1]);
	if (!appeal && !text_u64(f[1], &appeal)) {
		reading_broken(reading, "not an appeal");
		return;
	}
	finding_at(&reading->findings, reading->next, "event %s of %s stands in no entry",
		   SHOWN(f[2]), APPEAL(appeal));
}
