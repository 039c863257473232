/*
 * Files that are taken out: each is an act, and the act's number goes with the file, so that a
 * copy that turns up somewhere says whose it was.
 */
#include "audit/record.h"

#include <inttypes.h>

#include "bounds.h"
#include "clock.h"
#include "printed.h"

static struct str export_detail(struct arena *a, const char *file, struct str about)
{
	struct json j;
	struct buf text;

	buf_init(&text, KIB(4));
	json_init(&j, &text);
	json_object(&j, NULL);
	json_text(&j, "file", file);
	json_str(&j, "about", about);
	json_close(&j);
	struct str detail = arena_str(a, buf_str(&text));
	buf_free(&text);
	return detail;
}

struct export_mark audit_export_mark(struct req *r)
{
	const struct actor *by = req_actor(r);
	struct arena *a = req_arena(r);
	uint64_t id = audit_next_id(req_tx(r));
	struct str code = arena_printf(a, "A%" PRIu64, id);
	int64_t now = clock_now();

	return (struct export_mark){
		.id = id, .code = code,
		.words = arena_printf(a, "%.*s %.*s %.*s", STR_ARG(by->name),
				      STR_ARG(time_words(a, now - now % CLOCK_MINUTE)),
				      STR_ARG(code)),
	};
}

void audit_export_record(struct req *r, const struct export_mark *mark, const char *file,
			 struct str about)
{
	audit_record(req_tx(r), &(struct audit_act){
		.kind = AUDIT_EXPORTED, .by = req_actor(r), .peer = req_peer(r), .id = mark->id,
		.detail = export_detail(req_arena(r), file, about) });
	reply_header(r, "X-Export-Act", "%" PRIu64, mark->id);
}

struct export_mark audit_export(struct req *r, const char *file, struct str about)
{
	struct export_mark mark = audit_export_mark(r);

	audit_export_record(r, &mark, file, about);
	return mark;
}
