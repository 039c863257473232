/*
 * The contract between the server and the parts of the service. A module is one C file with
 * one exported `const struct module`; it has no mutable state, no init and no shutdown, and
 * includes only headers of include/, of modules/rules/ and the generated statements. The server sees
 * modules through modules[] alone and refuses to start on duplicate routes, unknown settings
 * or missing help texts. All tables end with a zero row; use designated initialisers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "req.h"
#include "setting.h"
#include "str.h"
#include "tx.h"

enum method { METHOD_GET = 1, METHOD_POST, METHOD_PUT, METHOD_DELETE };
enum lane {
	LANE_FAST,	/* default: short transactions */
	LANE_BATCH,	/* many requests in one transaction, when they queue up: inserts only */
	LANE_SLOW,	/* reports and exports: may not starve the others */
	LANE_HASH,	/* password hashing: bounded, one core */
	LANE_OUTSIDE,	/* waits for other servers, such as the provider of sign-in */
	LANE_JOB,	/* jobs and outbox, not for routes */
	LANE_LIVE,	/* what streams are told (live.h), not for routes */
	LANE_COUNT
};

/*
 * A row of the access table: who may ask a route, and about what (enum relation).
 * Roles are bits. All rows stand in access_table[]: a route names its own by ROUTE(), and the
 * server refuses to start when a row is taken up by none or by two.
 */
struct access {
	const char *name;		/* of the handler */
	enum method method;
	const char *path;		/* "/api/v1/tasks/{id}/sign" */
	uint32_t all_roles;		/* of the whole: everything behind the route */
	uint32_t own_roles;		/* their own only; no role is in both */
	uint32_t tree_roles;		/* who of these belongs to a unit: what stands below it */
	bool is_public;			/* no credentials needed; the masks do not count */
	bool is_staff_only;		/* refused to outsourced actors (auth.h): closing,
					   excluding, reviewing, judging */
};

/* What a route begins with: `{ ROUTE(tasks_sign), .lane = ... }`, from the row of the handler. */
#define ROUTE(handler) .access = &access_table[ACCESS_##handler], .handle = handler

struct route {
	const struct access *access;
	struct reply (*handle)(struct req *r);
	enum lane lane;
	const char *query;		/* names of query parameters, blank separated; else 422;
					   a "*" among them where others add their own: any */
	bool is_key_required;		/* Idempotency-Key required of keys in key_roles */
	uint32_t key_roles;
	bool takes_bytes;		/* a PUT whose body is bytes of any type, up to
					   LIMIT_FILE_BYTES, not JSON; its path is literal up to
					   one {name} at the end */
	bool takes_form;		/* a form, too, which no Content-Type means as well */
	bool is_raw;			/* path is a prefix: takes what lies below (static files) */
	bool is_read_only;		/* POST whose answer is not kept for its Idempotency-Key:
					   it changes nothing, or may not be stored */
	bool is_on_record;		/* tells something only when its record is kept: whatever
					   keeps that from being stored is 503, never 500 */
	bool is_in_one_view;		/* a POST that reads as of one moment: tx_consistent_step() */
	bool is_for_unready;		/* answers a session whose person must first change the
					   password or set up a second factor; others refuse it */
	bool is_unattended;		/* asking it does not keep a session from idling out */
	bool is_in_every_scope;		/* of keys narrowed to scopes (api_key.h), whatever they are */
};

/*
 * A job runs again and again: `run` returns true when there is more to do at once. Domain jobs
 * (is_domain) live on clock_now(); for them next_due() says when the earliest work falls due,
 * INT64_MAX if none is known, so that the test clock can stop there.
 */
struct job {
	const char *name;		/* "deadlines.fire" */
	int64_t every;			/* microseconds of real time between two runs */
	bool (*run)(struct tx *tx);
	bool is_domain;
	int64_t (*next_due)(struct tx *tx);
	bool is_leased;			/* on one server at a time, under a touched lease */
	bool (*has_work)(struct tx *tx);	/* NULL, or asked before the lease is taken: an
						   idle job then writes nothing */
	int64_t yields;			/* while requests queue up on LANE_BATCH it is put off,
					   for at most so many microseconds */
};

/* What modules tell each other: a fact, delivered inside the publisher's transaction. */
struct event;

struct hook {
	uint32_t on;			/* kind of event; 0 ends the table */
	void (*run)(struct tx *tx, const struct event *event);
};

/*
 * Runs the hooks of this kind, in the order of modules[] and of each table. What a hook itself
 * publishes is delivered after all hooks of the present fact, and must therefore lie in the
 * arena together with everything it points to.
 */
void emit(struct tx *tx, uint32_t kind, const struct event *event);

/*
 * A subcommand of the binary. It runs on the main thread with a database of its own; output
 * to stdout, complaints to stderr; the result is the exit status.
 */
struct command_call {
	int argc;
	char **argv;		/* argv[0] is the subcommand; options of the server are taken out */
	/*
	 * Runs work in a transaction with whole retry; false when it could not be committed.
	 * NULL for a bare command.
	 */
	bool (*transact)(void (*work)(struct tx *tx, void *arg), void *arg);
};

struct command {
	const char *name;
	const char *usage;		/* "FILE.jsonl [--create-departments]" */
	const char *help;		/* one sentence */
	int (*run)(const struct command_call *call);
	bool is_bare;			/* no configuration, no database; all options are its own */
};

struct seed;
struct live_topic;

/* How many records are wrapped by a key of the key file (crypto.h). */
struct key_use {
	uint32_t id;
	uint64_t records;
};

struct module {
	const char *name;		/* prefix of its tables, queries and log lines */
	const char *purpose;		/* one sentence */
	const struct route *routes;
	const struct job *jobs;
	const struct hook *hooks;
	const struct setting *settings;
	const struct command *commands;
	const struct live_topic *live;	/* what it tells browsers (live.h) */
	/* Reference data: one module of the list has it. Loads all into the arena. */
	const void *(*snapshot)(struct tx *tx, struct arena *arena);
	/* Its part of the sample district, run once on an empty schema in the list's order. */
	void (*seed)(struct tx *tx, const struct seed *seed);
	/* Which keys of the key file its records are wrapped by, at most n; gives how many. The
	 * server does not run, and takes up no changed key file, without all of them. */
	size_t (*keys_used)(struct tx *tx, struct key_use *uses, size_t n);
	/* Lines for the person who started a demo, on standard output. */
	void (*welcome)(const char *dir, struct str address);
};

/*
 * Making the sample district. Each module's part is one transaction, run once; reference data
 * of the parts before are in force. What a module writes to `access` (members of an open JSON
 * object) becomes part of the demo's access.json, and may hold secrets.
 */
struct seed {
	bool with_samples;
	struct json *access;
};

/*
 * The list, NULL-terminated, the product's role names (bit order), NULL-terminated, and the
 * rows of all its routes, up to a zero row.
 */
extern const struct module *const modules[];
extern const char *const role_names[];
extern const struct access access_table[];
/*
 * Roles of the whole whose actors may also belong to a unit (actor.unit). Such an actor uses
 * routes whose row has its role in tree_roles and no others, so that a new route shows it
 * nothing by mistake.
 */
extern const uint32_t unit_roles;
/*
 * Roles that are out of use under the settings in force: their accounts cannot sign in, and
 * their sessions and keys are unknown. Any thread.
 */
uint32_t roles_refused(void);
/* Roles that the policy mlps demands a second factor of (server/net/sessions.c). */
extern const uint32_t administrator_roles;

/* Files embedded at build: path as in the table of the build ("sample/areas.tsv"). */
struct asset {
	const char *path;
	const char *content_type;
	struct str bytes;
	struct str gzip;		/* STR_NONE when there is none */
	struct str brotli;
	const char *etag;
	bool is_immutable;
};
const struct asset *asset_find(struct str path);
