/*
 * Who hears of an appeal on a stream (live.h): exactly who may know of it by GET /appeals/{id} at
 * the moment of sending. Facts of a batch of messages are read once, few columns of each appeal,
 * nothing sealed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live.h"
#include "matter.h"

struct hearing;

/* Everybody who may read an appeal at all (access.tsv, intake_show). */
#define ROLES_OF_APPEALS (ROLE_INTAKE | ROLE_OPERATOR | ROLE_DISPATCHER | ROLE_DEPARTMENT | \
			  ROLE_REVIEWER | ROLE_VISITOR | ROLE_SUPERVISOR | ROLE_LEADER | \
			  ROLE_AUDITOR | ROLE_OBSERVER | ROLE_CONTACT)
/* Whose own is a person's, not a unit's (sight.h). */
#define ROLES_OF_OWN_PERSON (ROLE_INTAKE | ROLE_LEADER | ROLE_CONTACT)

/* Of the appeals that the messages are about, in the arena of tx. */
struct hearing *hearing_open(struct tx *tx, const struct live_message *list, size_t n);
/* The ids of these appeals, each once, as statements take them. */
struct str hearing_ids(const struct hearing *h);
/* Only who and what decides is filled in; NULL when there is no such appeal. */
const struct matter *hearing_matter(const struct hearing *h, uint64_t appeal_id);
bool hearing_allows(struct tx *tx, const struct hearing *h, uint64_t appeal_id,
		    enum relation relation, const struct actor *reader);
/*
 * Whether the reader, who may know of the appeal, is told which event and which task it was: what
 * its history tells them. Otherwise only that the appeal has a new version.
 */
bool hearing_tells(const struct tx *tx, const struct matter *m, const struct live_message *change,
		   const struct live_reader *reader);
