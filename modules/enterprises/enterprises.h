/*
 * Shared by the parts of the enterprises' side: the register, what was filed, what a complaint
 * finds, and the monthly table of the four arbitrary acts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "req.h"
#include "rules/enterprises.h"
#include "str.h"

#include "enterprises_sql.h"

/* Versions of filings that one complaint is compared with, the newest of its enterprise. */
enum { VERSIONS_COMPARED = 1000 };

/* The enterprise of the path's {uscc}; false means reply_missing(r). */
bool req_enterprise(struct req *r, struct sql_enterprises_one_row *ret_row) MUST_USE;

/* Days as dates, and as an answer's member; 0 is null. */
void write_day(struct json *j, const char *key, int32_t day);
/* A version of a filing as every answer shows it. */
void write_filing(struct json *j, const char *key, struct arena *a,
		  const struct sql_enterprises_filed_row *row);

struct reply filings_add(struct req *r);
struct reply filings_revise(struct req *r);
struct reply filings_show(struct req *r);
struct reply filings_list(struct req *r);
struct reply filings_own(struct req *r);
struct reply findings_show(struct req *r);
struct reply four_acts_show(struct req *r);
struct reply four_acts_csv(struct req *r);
struct reply four_acts_appeals(struct req *r);
