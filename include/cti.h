/*
 * What a PBX pushes of a call: the generic CTI form that PBXs already speak (events newCall, answer
 * and hangup, joined by callId alone), as JSON or as a form. Who may push is told by the token in
 * the path, which stands in the file of the setting `cti_token_file`.
 *
 * What PBXs do wrong is taken as it is meant: a form without any Content-Type, `user` as one text
 * or a list, `user[]` again and again, events of other names, members nobody knows; `answer` and
 * `hangup` without `from` and `to`.
 *
 * Threads: any, each with its own arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "attr.h"
#include "str.h"

enum cti_kind { CTI_OTHER, CTI_NEW_CALL, CTI_ANSWER, CTI_HANGUP };
enum cti_direction { CTI_IN = 1, CTI_OUT };	/* stored: numbers are fixed */

enum { CTI_CALL_ID_BYTES = 250, CTI_TEXT_BYTES = 128, CTI_USERS_MAX = 8 };

/* Texts are at most CTI_TEXT_BYTES long, without control characters; absent ones STR_NONE. */
struct cti_event {
	enum cti_kind kind;
	enum cti_direction direction;
	struct str call_id;
	struct str from, to, queue, answering_number, cause;
	struct str users[CTI_USERS_MAX];	/* more are left out */
	size_t user_count;
};

/* Whether calls are told of at all. */
bool cti_is_on(void);
bool cti_token_fits(struct str token);
enum cti_fault { CTI_FINE, CTI_NO_FORM, CTI_NO_CALL, CTI_NO_DIRECTION };
enum cti_fault cti_read(struct arena *a, struct str content_type, struct str body,
		     struct cti_event *ret_event);
