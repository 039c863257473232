#include "cti.h"

#include <stdio.h>
#include <string.h>

#include "base/secret_file.h"
#include "crypto.h"
#include "json_find.h"
#include "net/cti_start.h"
#include "net/header.h"
#include "net/target.h"

const struct setting cti_settings[] = {
	{ "cti_token_file", SETTING_PATH, "", .fixed = true,
	  .help = "File with the token by which a PBX tells of calls; empty: none may." },
	{ 0 }
};

/* Immutable after cti_start(), which runs before any other thread. */
static char token_text[256];

bool cti_start(char *why, size_t why_size)
{
	struct str path = setting_str("cti_token_file");

	if (!path.n || token_text[0])
		return true;
	char file[4096];

	snprintf(file, sizeof(file), "%.*s", STR_ARG(path));
	if (!secret_line_read("cti_token_file", file, token_text, sizeof(token_text), why,
			      why_size))
		return false;
	if (strlen(token_text) >= 16)
		return true;
	snprintf(why, why_size, "cti_token_file: %s holds fewer than 16 characters", file);
	memset(token_text, 0, sizeof(token_text));
	return false;
}

bool cti_is_on(void)
{
	return token_text[0] != '\0';
}

bool cti_token_fits(struct str token)
{
	return cti_is_on() && crypto_same(token, str_of(token_text));
}

/* ---- bodies ---- */

/* In the order of `names`; `user` stands apart, for it is a list. */
enum member {
	MEMBER_EVENT, MEMBER_CALL_ID, MEMBER_DIRECTION, MEMBER_FROM, MEMBER_TO, MEMBER_QUEUE,
	MEMBER_ANSWERING_NUMBER, MEMBER_CAUSE, MEMBERS
};
static const char *const names[] = {
	"event", "callId", "direction", "from", "to", "queue", "answeringNumber", "cause", NULL
};

struct members {
	struct str v[MEMBERS];
	struct str users[CTI_USERS_MAX];
	size_t user_count;
};

static void add_user(struct members *m, struct str name)
{
	if (m->user_count < CTI_USERS_MAX && name.n)
		m->users[m->user_count++] = name;
}

static bool read_form(struct arena *a, struct str body, struct members *m)
{
	struct query *query = arena_new_of(a, struct query);

	if (!query_parse(a, body, query))
		return false;
	for (size_t i = 0; i < query->n; i++) {
		const struct query_param *p = &query->params[i];
		int at = str_index(p->name, names);

		if (at >= 0)
			m->v[at] = p->value;
		else if (str_is(p->name, "user[]") || str_is(p->name, "user"))
			add_user(m, p->value);
	}
	return true;
}

static bool read_json(struct arena *a, struct str body, struct members *m)
{
	static const char *const pointers[] = {
		"/event", "/callId", "/direction", "/from", "/to", "/queue", "/answeringNumber",
		"/cause", "/user",
	};
	static const char *const self[] = { "" };
	struct str row[MEMBERS + 1], users[CTI_USERS_MAX];

	/* The document itself stands for a list of one. */
	if (json_find_rows(a, body, "", pointers, MEMBERS + 1, row, 1) != 1)
		return false;
	memcpy(m->v, row, sizeof(m->v));
	add_user(m, row[MEMBERS]);
	if (m->user_count)
		return true;
	size_t n = json_find_rows(a, body, "/user", self, 1, users, CTI_USERS_MAX);

	for (size_t i = 0; i < n; i++)
		add_user(m, users[i]);
	return true;
}

/* ---- what it means ---- */

static bool is_plain(struct str text, size_t most)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return false;
	return text.n <= most && str_code_points(text) != SIZE_MAX;
}

/* What is too long or no text says nothing. */
static struct str plain(struct str text)
{
	return text.n && is_plain(text, CTI_TEXT_BYTES) ? text : STR_NONE;
}

static void fill(const struct members *m, struct cti_event *e)
{
	static const char *const kinds[] = { "newCall", "answer", "hangup", NULL };

	*e = (struct cti_event){
		.kind = (enum cti_kind)(str_index(m->v[MEMBER_EVENT], kinds) + 1),
		.direction = str_is(m->v[MEMBER_DIRECTION], "out") ? CTI_OUT : CTI_IN,
		.call_id = m->v[MEMBER_CALL_ID],
		.from = plain(m->v[MEMBER_FROM]), .to = plain(m->v[MEMBER_TO]),
		.queue = plain(m->v[MEMBER_QUEUE]),
		.answering_number = plain(m->v[MEMBER_ANSWERING_NUMBER]),
		.cause = plain(m->v[MEMBER_CAUSE]),
	};
	for (size_t i = 0; i < m->user_count; i++)
		if (plain(m->users[i]).p)
			e->users[e->user_count++] = m->users[i];
}

enum cti_fault cti_read(struct arena *a, struct str content_type, struct str body,
		     struct cti_event *ret_event)
{
	struct members m = { .user_count = 0 };
	bool is_read = header_is_json(content_type) ? read_json(a, body, &m) :
						      read_form(a, body, &m);

	if (!is_read)
		return CTI_NO_FORM;
	if (!m.v[MEMBER_CALL_ID].n || !is_plain(m.v[MEMBER_CALL_ID], CTI_CALL_ID_BYTES))
		return CTI_NO_CALL;
	if (!str_is(m.v[MEMBER_DIRECTION], "in") && !str_is(m.v[MEMBER_DIRECTION], "out"))
		return CTI_NO_DIRECTION;
	fill(&m, ret_event);
	return CTI_FINE;
}
