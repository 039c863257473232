#include "sms.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "crypto.h"
#include "json_find.h"
#include "log.h"
#include "out/dialect.h"
#include "out/sms_start.h"
#include "outbox.h"

const struct setting sms_settings[] = {
	{ "sms_gateway_file", SETTING_PATH, "", .fixed = true,
	  .help = "File that describes the gateway of short messages; empty: none are sent." },
	{ "sms_quiet_from", SETTING_INT, "21", 0, 24, .unit = "h",
	  .help = "From this hour of the day on no short message is sent ..." },
	{ "sms_quiet_until", SETTING_INT, "8", 0, 24, .unit = "h",
	  .help = "... until this one; the same hour twice: at any time." },
	{ 0 }
};

enum { FILE_MOST = KIB(64) };

/* Immutable after sms_start(), which runs before any other thread. */
static struct gateway gateway;
static struct arena *gateway_arena;

/* ---- the file ---- */

static bool read_text(struct arena *a, const char *path, bool is_secret, struct str *ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *text = arena_alloc(a, FILE_MOST);
	ssize_t n = fd >= 0 ? read(fd, text, FILE_MOST) : -1;
	bool is_fine = n >= 0 && n < FILE_MOST && fstat(fd, &status) == 0 &&
		       (!is_secret || (status.st_mode & 077) == 0);

	if (fd >= 0)
		close(fd);
	*ret_text = (struct str){ text, is_fine ? (size_t)n : 0 };
	return is_fine;
}

/* Without the end of its last line. */
static bool read_secret(struct arena *a, struct str path, struct str *ret_text)
{
	struct str text;

	if (!read_text(a, arena_str(a, path).p, true, &text))
		return false;
	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	*ret_text = text;
	return text.n > 0;
}

bool sms_start(char *why, size_t why_size)
{
	struct str path = setting_str("sms_gateway_file"), text;
	char sentence[200];

	if (!path.n || gateway_arena)
		return true;
	struct arena *a = arena_new(MIB(4));

	if (!read_text(a, arena_str(a, path).p, false, &text)) {
		snprintf(why, why_size, "sms_gateway_file: %.*s cannot be read", STR_ARG(path));
		arena_free(a);
		return false;
	}
	if (!gateway_parse(a, text, read_secret, &gateway, sentence, sizeof(sentence))) {
		snprintf(why, why_size, "sms_gateway_file: %.*s: %s", STR_ARG(path), sentence);
		arena_free(a);
		return false;
	}
	gateway_arena = a;
	return true;
}

const struct gateway *sms_gateway(void)
{
	return gateway_arena ? &gateway : NULL;
}

/* ---- quiet hours ---- */

int64_t quiet_ends(int64_t at, const struct quiet_hours *quiet)
{
	int64_t from = quiet->from * CLOCK_HOUR, until = quiet->until * CLOCK_HOUR;
	int64_t time = (at + CLOCK_ZONE) % CLOCK_DAY, day = at - time;

	if (from == until)
		return at;
	if (from < until)
		return time >= from && time < until ? day + until : at;
	if (time < until)
		return day + until;
	return time >= from ? day + CLOCK_DAY + until : at;
}

int64_t sms_allowed_from(int64_t at)
{
	return quiet_ends(at, &(struct quiet_hours){
		.from = (uint32_t)setting_int("sms_quiet_from"),
		.until = (uint32_t)setting_int("sms_quiet_until"),
	});
}

/* ---- for the parts of the service ---- */

bool sms_is_on(void)
{
	return gateway_arena != NULL;
}

struct str sms_url(void)
{
	const char *query = memchr(gateway.url.p, '?', gateway.url.n);

	return (struct str){ gateway.url.p, query ? (size_t)(query - gateway.url.p) :
						    gateway.url.n };
}

struct str sms_content_type(void)
{
	return gateway.content_type;
}

struct str sms_body(struct arena *a, struct str mobile, struct str content,
		    struct str params_json)
{
	return arena_printf(a, "%.*s\n%.*s\n%.*s", STR_ARG(mobile),
			    STR_ARG(params_json), STR_ARG(content));
}

bool sms_token_fits(struct str token)
{
	return gateway_arena && gateway.callback_token.n && crypto_same(token,
								       gateway.callback_token);
}

struct str sms_callback_answer(void)
{
	return gateway.callback_answer.p ? gateway.callback_answer : STR("{}");
}

static const char *pointer(struct str text)
{
	return text.p ? text.p : "";
}

enum { REPORT_COLUMNS = 2, REPLY_COLUMNS = 3 };

size_t sms_reports_read(struct arena *a, struct str body, struct sms_report **ret_list)
{
	const struct gateway_report *g = &gateway.report;
	const char *const columns[REPORT_COLUMNS] = { pointer(g->id), pointer(g->state) };
	struct str *found = arena_array_of(a, struct str, SMS_ITEMS_MAX * REPORT_COLUMNS);
	size_t rows = json_find_rows(a, body, pointer(g->items), columns, REPORT_COLUMNS, found,
				     SMS_ITEMS_MAX), n = 0;

	*ret_list = arena_array_of(a, struct sms_report, rows + 1);
	for (size_t i = 0; i < rows; i++) {
		struct str *row = found + i * REPORT_COLUMNS;

		if (row[0].n)
			(*ret_list)[n++] = (struct sms_report){
				.id = row[0], .state = row[1],
				.is_delivered = str_eq(row[1], g->delivered),
			};
	}
	return n;
}

size_t sms_replies_read(struct arena *a, struct str body, struct sms_reply **ret_list)
{
	const struct gateway_reply *g = &gateway.reply;
	const char *const columns[REPLY_COLUMNS] = {
		pointer(g->id), pointer(g->mobile), pointer(g->content),
	};
	struct str *found = arena_array_of(a, struct str, SMS_ITEMS_MAX * REPLY_COLUMNS);
	size_t rows = json_find_rows(a, body, pointer(g->items), columns, REPLY_COLUMNS, found,
				     SMS_ITEMS_MAX), n = 0;

	*ret_list = arena_array_of(a, struct sms_reply, rows + 1);
	for (size_t i = 0; i < rows; i++) {
		struct str *row = found + i * REPLY_COLUMNS;

		if (row[1].n && row[2].p)
			(*ret_list)[n++] = (struct sms_reply){ row[0], row[1], row[2] };
	}
	return n;
}

/* ---- the dialect ---- */

static struct str take_line(struct str *text)
{
	const char *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
	size_t n = end ? (size_t)(end - text->p) : text->n;
	struct str line = { text->p, n };

	text->p += n + (end != NULL);
	text->n -= n + (end != NULL);
	return line;
}

static void prepare_sms(struct attempt *at)
{
	struct str rest = at->delivery->body, mobile = take_line(&rest), params = take_line(&rest);
	const struct gateway_message message = {
		.mobile = mobile, .content = rest, .params_json = params.n ? params : STR("{}"),
		.request_id = str_of(at->delivery->message_id), .now = at->now,
	};
	struct str url, line;
	char why[200];

	/* Without an address the attempt fails visibly: where the settings name the gateway no
	 * longer, or where its file makes more of this message than is ever sent. */
	at->url = "";
	if (!gateway_arena)
		return;
	bool is_made = gateway_render(at->arena, &gateway, gateway.url, &message, &url, why,
				      sizeof(why)) &&
		       gateway_render(at->arena, &gateway, gateway.body, &message, &at->body, why,
				      sizeof(why));
	for (uint32_t i = 0; is_made && i < gateway.header_n; i++) {
		is_made = gateway_render(at->arena, &gateway, gateway.headers[i], &message, &line,
					 why, sizeof(why));
		if (is_made)
			attempt_header(at, line);
	}
	if (!is_made) {
		/* What is wrong is said by name: the sentence may quote the text. */
		log_error("outbox", "sms_not_made", "delivery=%" PRIu64, at->delivery->id);
		at->body = STR("");
		return;
	}
	at->url = url.p;
	at->is_get = gateway.is_get;
}

/* Hours of the day are domain time, which is another one under a test clock. */
static int64_t sms_rests_until(int64_t at)
{
	int64_t real = clock_real(), domain = at;

	if (clock_is_test())
		domain = clock_now() + (at > real ? at - real : 0);
	return at + sms_allowed_from(domain) - domain;
}

/* Of the answer its own id alone is kept: the rest may repeat number and text. */
static struct str kept_of(struct arena *a, struct str answer)
{
	struct str id;

	for (uint32_t i = 0; i < gateway.message_id_n; i++)
		if (json_find(a, answer, gateway.message_id[i].p, &id))
			return arena_printf(a, SMS_ID_PREFIX "%.*s", STR_ARG(id));
	return STR_NONE;
}

static struct verdict judge_sms(struct arena *a, uint32_t status, struct str answer)
{
	if (gateway_holds(a, &gateway.taken, status, answer))
		return (struct verdict){ VERDICT_DELIVERED, .kept = kept_of(a, answer) };
	if (gateway_holds(a, &gateway.wait, status, answer))
		return (struct verdict){ VERDICT_THROTTLED,
					 gateway.wait_seconds * CLOCK_SECOND };
	for (uint32_t i = 0; i < gateway.refused_n; i++)
		if (gateway_holds(a, &gateway.refused[i], status, answer))
			return (struct verdict){ VERDICT_REFUSED };
	return (struct verdict){ VERDICT_FAILED };
}

const struct dialect dialect_sms = {
	.name = "sms", .rests_until = sms_rests_until, .prepare = prepare_sms, .judge = judge_sms,
};
