/*
 * A gateway of short messages as its file describes it: what is sent, what the answer means, and
 * how it tells us of deliveries and replies. Lines `name = value`; # begins a comment:
 *
 *	url = https://HOST/PATH			a template
 *	method = POST				or GET
 *	content_type = application/json
 *	header = Name: template			up to 8
 *	body = template
 *	set.NAME = text				a value that templates may name
 *	secret.NAME = /path			the same out of a file, without its last line's end
 *	taken = condition			the answer that means success
 *	wait = SECONDS condition		leave it alone for so long
 *	refused = condition			key or signature are wrong: do not try again; up to 4
 *	message_id = /pointer			in the answer; several lines: the first that is there
 *	callback_token = /path			secret part of the address at which it calls us
 *	callback_answer = text			what it wants to hear from us
 *	report.items, report.id, report.state, report.delivered	pointers into what it tells of
 *	reply.items, reply.id, reply.mobile, reply.content	deliveries and of replies
 *
 * Only header, message_id and refused may stand more than once.
 *
 * Templates hold {{value}} and {{function:template}}, one in the other. Values: mobile content
 * params_json request_id ts ts_ms stamp (YYYYMMDDhhmmss of local time), and the file's own.
 * Functions: json (inside of quotes) url base64 md5 sha256 (hex), hmac_sha256 and
 * hmac_sha256_base64, which have the name of their key before the template:
 * {{hmac_sha256:KEY:template}}. Inside of a function single braces have to be balanced.
 *
 * Conditions: json:/pointer == "text", status == 200, text == "...", text starts "...".
 *
 * Threads: immutable once read; any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

enum { GATEWAY_HEADERS = 8, GATEWAY_NAMES = 24, GATEWAY_IDS = 4, GATEWAY_REFUSALS = 4 };

struct gateway_name {
	struct str name, value;
};

enum gateway_test { TEST_NONE, TEST_JSON, TEST_STATUS, TEST_TEXT, TEST_TEXT_STARTS };

struct gateway_condition {
	enum gateway_test test;
	struct str pointer;	/* TEST_JSON */
	struct str wanted;
};

/* Where things stand in what a gateway tells us: JSON pointers; items leads to a list, or is empty
 * where the document is the list. */
struct gateway_report {
	struct str items, id, state, delivered;	/* delivered: the state's text that means it */
};
struct gateway_reply {
	struct str items, id, mobile, content;
};

struct gateway {
	struct str url, content_type, body;
	bool is_get;
	struct str headers[GATEWAY_HEADERS];
	uint32_t header_n;
	struct gateway_name names[GATEWAY_NAMES];
	uint32_t name_n;
	struct gateway_condition taken, wait, refused[GATEWAY_REFUSALS];
	uint32_t refused_n;
	int64_t wait_seconds;
	struct str message_id[GATEWAY_IDS];
	uint32_t message_id_n;
	struct str callback_token, callback_answer;
	struct gateway_report report;
	struct gateway_reply reply;
};

/* What one message brings to the templates. */
struct gateway_message {
	struct str mobile, content, params_json, request_id;
	int64_t now;		/* clock_real() */
};

/*
 * Reads the text of a file; secrets are read by `read_file`, which gives false when it cannot.
 * False with a sentence in `why`. Texts are views into `text` or live in the arena.
 */
bool gateway_parse(struct arena *a, struct str text,
		   bool (*read_file)(struct arena *a, struct str path, struct str *ret_text),
		   struct gateway *ret_gateway, char *why, size_t why_size) MUST_USE;
/* A template with its values put in; false with a sentence when it names what there is not. */
bool gateway_render(struct arena *a, const struct gateway *g, struct str text,
		    const struct gateway_message *m, struct str *ret, char *why, size_t why_size)
	MUST_USE;
bool gateway_holds(struct arena *a, const struct gateway_condition *c, uint32_t status,
		   struct str answer) MUST_USE;
