/*
 * Inside the reports module: figures set side by side. Departments of a peer group over the
 * frozen months up to one; a frozen month under other rules; a running month and its end.
 */
#pragma once

#include "reports/month.h"
#include "rules/ranking.h"

/* What a district decides about ranking, of the settings; for a rate of answers or of work. */
struct ranking_rules ranking_rules_set(enum measure measure);
/* The measures that are ranked: those whose months add up (E48), since three are pooled. */
enum { RANKED_MEASURES = 2 };
extern const char *const ranked_names[RANKED_MEASURES + 1];	/* NULL-terminated */
extern const enum measure ranked_measures[RANKED_MEASURES];	/* in the order of the names */

/* Marks, in the order of the report's places, the departments of which a person decided in this
 * month that fraud is proven. */
void ranking_mark_fraud(struct tx *tx, const struct report *report, uint32_t month,
			bool *marks);

/* Whether a place has a peer group, and none before it has the same: once for each group. */
bool is_first_of_group(const struct report *report, size_t place);

/* A rate as it stands in reports; defined in reports.c. */
void rate_write(struct json *j, const char *name, struct rate rate, uint64_t target);

/* Routes: ranking.c, pilot.c, laboratory.c */
struct reply ranking_show(struct req *r);
struct reply pilot_show(struct req *r);
struct reply laboratory_run(struct req *r);
