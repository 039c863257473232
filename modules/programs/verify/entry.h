/*
 * What stands in the ledger: entries of 58 bytes, and the canonical bytes of an event, whose
 * digest the entry of an event carries.
 *
 * Entry, version 1: u8 1 | u8 kind | u64 subject | u64 number | i64 at | 32 bytes digest.
 *
 * Event, version 1: one byte 1, then, each behind its length as u32: appeal, number, type,
 * when it happened, when it was recorded, kind of actor, actor, name of the actor, task, data;
 * numbers in eight bytes. All numbers are big endian.
 */
#pragma once

#include "verify/hash.h"

enum { ENTRY_BYTES = 58 };

enum entry_kind {
	ENTRY_EVENT = 1,	/* subject: appeal, number: of the event */
	ENTRY_FROZEN,		/* subject: yyyymm, number: 1 */
	ENTRY_CORRECTION,	/* subject: yyyymm, number: of the correction */
	ENTRY_PUBLISHED,	/* subject: yyyymm, number: 1, digest of the freeze */
	ENTRY_OTHER,		/* further contents, of which only the digest is checked */
	ENTRY_KIND_END = 11,
};

struct entry {
	uint64_t kind;
	uint64_t subject;
	uint64_t number;
	int64_t at;
	struct hash digest;
};

void entry_write(const struct entry *entry, uint8_t *out);
bool entry_parse(const uint8_t *bytes, size_t n, struct entry *ret);
bool entry_same(const struct entry *a, const struct entry *b);

struct event_row {
	uint64_t appeal;
	uint64_t number;
	uint64_t kind;
	int64_t at;
	int64_t recorded_at;
	uint64_t by_kind;
	uint64_t by;
	struct text by_name;
	uint64_t task;
	struct text data;
};

/* "task.dispatched"; NULL for a kind that this program does not know. */
const char *event_type(uint64_t kind);
/* The kind must be known. */
struct hash event_digest(const struct event_row *event);

/* "LD260302000017": six digits of the day, at least six of the count. 0 when it is none. */
uint64_t appeal_parse(struct text reference);
/* In `out` of APPEAL_ROOM. */
enum { APPEAL_ROOM = 48 };
char *appeal_write(uint64_t appeal, char *out);
#define APPEAL(appeal) appeal_write((appeal), (char[APPEAL_ROOM]){ 0 })
