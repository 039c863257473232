/*
 * Bots of groups: 企业微信 (WeCom), 钉钉 (DingTalk), 飞书 (Feishu). All answer 200 even when they
 * refuse; a code in the body tells. Their keys stand in the URL, and none can call back, so every
 * message carries the number, and a link where the server knows its own address. Private editions
 * use the same messages on other hosts.
 */
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "json.h"
#include "json_find.h"
#include "must.h"
#include "out/card.h"
#include "out/dialect.h"

enum {
	DIGEST_ABOVE = 5,
	WECOM_MOST = 4096,	/* bytes of markdown content, with title and link */
	DINGTALK_MOST = 5000,
	FEISHU_MOST = 8000,	/* of a body of at most 20 KB, in which every sign is escaped */
	LINK_ROOM = 600,
};

/* ---- what is said ---- */

static struct card_text read_cards(struct attempt *a, size_t most)
{
	const struct delivery *d = a->delivery;
	struct outbox_card *cards = arena_array_of(a->arena, struct outbox_card,
						   d->merged.n + 1);
	size_t n = 0;

	must(card_parse(d->body, &cards[n++]));
	for (const struct delivery *m = d->merged.first; m; m = m->next)
		must(card_parse(m->body, &cards[n++]));
	return card_text(a->arena, cards, n, most - CARD_TITLE_MOST - LINK_ROOM);
}

/* Title, lines and link as Markdown; `head` is a format of the escaped title. */
static struct str markdown_of(struct arena *a, const struct card_text *text, struct str head)
{
	struct str link = text->link.n ?
		arena_printf(a, "\n\n[查看办理](%.*s)", STR_ARG(text->link)) : STR("");

	return arena_printf(a, "%.*s\n\n%.*s%.*s", STR_ARG(head), STR_ARG(text->markdown),
			    STR_ARG(link));
}

static struct str body_end(struct attempt *a, struct json *j, struct buf *out)
{
	json_close(j);
	must(!out->overflow && json_whole(j));
	struct str body = arena_str(a->arena, buf_str(out));
	buf_free(out);
	return body;
}

static void body_begin(struct json *j, struct buf *out)
{
	buf_init(out, LIMIT_BODY_BYTES);
	json_init(j, out);
	json_object(j, NULL);
}

/* ---- what is answered ---- */

struct answer_code {
	const char *code;
	enum verdict_kind kind;
	int64_t wait;
};

static struct verdict judge_code(struct arena *a, uint32_t status, struct str answer,
				 const char *pointer, const struct answer_code *codes)
{
	struct str code;

	if (status / 100 != 2 || !json_find(a, answer, pointer, &code))
		return (struct verdict){ VERDICT_FAILED };
	if (str_is(code, "0"))
		return (struct verdict){ VERDICT_DELIVERED };
	for (; codes->code; codes++)
		if (str_is(code, codes->code))
			return (struct verdict){ codes->kind, codes->wait };
	return (struct verdict){ VERDICT_FAILED };
}

/* ---- 企业微信 ---- */

static void prepare_wecom(struct attempt *a)
{
	struct card_text text = read_cards(a, WECOM_MOST);
	struct str title = card_escape(a->arena, text.title);
	struct str head = text.tone == OUTBOX_PLAIN ?
		arena_printf(a->arena, "**%.*s**", STR_ARG(title)) :
		arena_printf(a->arena, "**<font color=\"warning\">%.*s</font>**",
			     STR_ARG(title));
	struct buf out;
	struct json j;

	body_begin(&j, &out);
	json_text(&j, "msgtype", "markdown");
	json_object(&j, "markdown");
	json_str(&j, "content", markdown_of(a->arena, &text, head));
	json_close(&j);
	a->body = body_end(a, &j, &out);
}

static struct verdict judge_wecom(struct arena *a, uint32_t status, struct str answer)
{
	static const struct answer_code codes[] = {
		{ "45009", VERDICT_THROTTLED, CLOCK_MINUTE },
		{ "93000", VERDICT_REFUSED, 0 },
		{ NULL, VERDICT_FAILED, 0 }
	};

	return judge_code(a, status, answer, "/errcode", codes);
}

const struct dialect dialect_wecom = {
	.name = "wecom", .pace = { .per_minute = 18 }, .digest_above = DIGEST_ABOVE,
	.is_address_secret = true, .prepare = prepare_wecom, .judge = judge_wecom,
};

/* ---- 钉钉 ---- */

static struct str percent_encoded(struct arena *a, struct str base64)
{
	struct str out = STR("");

	for (size_t i = 0; i < base64.n; i++) {
		char c = base64.p[i];

		out = arena_printf(a, c == '+' || c == '/' || c == '=' ? "%.*s%%%02X" : "%.*s%c",
				   STR_ARG(out), c);
	}
	return out;
}

/* HMAC-SHA256 under the secret over the milliseconds, a line feed and the secret. */
static const char *signed_url(struct attempt *a)
{
	const struct receiver *r = a->receiver;
	int64_t stamp = a->now / 1000;
	uint8_t digest[SHA256_BYTES];

	if (!r->secret)
		return r->url;
	crypto_hmac_sha256(str_of(r->secret),
			   arena_printf(a->arena, "%" PRId64 "\n%s", stamp, r->secret), digest);
	struct str sign = percent_encoded(a->arena, encode_base64(a->arena,
		(struct str){ (const char *)digest, sizeof(digest) }));

	return arena_printf(a->arena, "%s%ctimestamp=%" PRId64 "&sign=%.*s", r->url,
			    strchr(r->url, '?') ? '&' : '?', stamp, STR_ARG(sign)).p;
}

static void prepare_dingtalk(struct attempt *a)
{
	static const char *const colours[] = { NULL, "#ff9900", "#d93026" };
	struct card_text text = read_cards(a, DINGTALK_MOST);
	struct str title = card_escape(a->arena, text.title);
	struct str head = text.tone == OUTBOX_PLAIN ?
		arena_printf(a->arena, "#### %.*s", STR_ARG(title)) :
		arena_printf(a->arena, "#### <font color=%s>%.*s</font>", colours[text.tone],
			     STR_ARG(title));
	struct buf out;
	struct json j;

	body_begin(&j, &out);
	json_text(&j, "msgtype", "markdown");
	json_object(&j, "markdown");
	json_str(&j, "title", text.title);
	json_str(&j, "text", markdown_of(a->arena, &text, head));
	json_close(&j);
	a->body = body_end(a, &j, &out);
	a->url = signed_url(a);
}

/* Whoever sends more than 20 a minute is muted for ten. */
static struct verdict judge_dingtalk(struct arena *a, uint32_t status, struct str answer)
{
	static const struct answer_code codes[] = {
		{ "130101", VERDICT_THROTTLED, 10 * CLOCK_MINUTE },
		{ "310000", VERDICT_REFUSED, 0 },
		{ "300001", VERDICT_REFUSED, 0 },
		{ NULL, VERDICT_FAILED, 0 }
	};

	return judge_code(a, status, answer, "/errcode", codes);
}

const struct dialect dialect_dingtalk = {
	.name = "dingtalk", .pace = { .per_minute = 18 }, .digest_above = DIGEST_ABOVE,
	.is_address_secret = true, .takes_secret = true, .prepare = prepare_dingtalk,
	.judge = judge_dingtalk,
};

/* ---- 飞书 ---- */

/* HMAC-SHA256 of nothing under the seconds, a line feed and the secret. */
static void write_signature(struct attempt *a, struct json *j)
{
	int64_t stamp = a->now / CLOCK_SECOND;
	uint8_t digest[SHA256_BYTES];

	if (!a->receiver->secret)
		return;
	crypto_hmac_sha256(arena_printf(a->arena, "%" PRId64 "\n%s", stamp, a->receiver->secret),
			   STR(""), digest);
	json_str(j, "timestamp", arena_printf(a->arena, "%" PRId64, stamp));
	json_str(j, "sign", encode_base64(a->arena,
		(struct str){ (const char *)digest, sizeof(digest) }));
}

static void write_plain(struct json *j, const char *key, struct str content)
{
	json_object(j, key);
	json_text(j, "tag", "plain_text");
	json_str(j, "content", content);
	json_close(j);
}

static void write_elements(struct json *j, const struct card_text *text)
{
	json_array(j, "elements");
	json_object(j, NULL);
	json_text(j, "tag", "div");
	json_object(j, "text");
	json_text(j, "tag", "lark_md");
	json_str(j, "content", text->markdown);
	json_close(j);
	json_close(j);
	if (text->link.n) {
		json_object(j, NULL);
		json_text(j, "tag", "action");
		json_array(j, "actions");
		json_object(j, NULL);
		json_text(j, "tag", "button");
		json_text(j, "type", "primary");
		write_plain(j, "text", STR("查看办理"));
		json_str(j, "url", text->link);
		json_close(j);
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

static void prepare_feishu(struct attempt *a)
{
	static const char *const templates[] = { "blue", "orange", "red" };
	struct card_text text = read_cards(a, FEISHU_MOST);
	struct buf out;
	struct json j;

	body_begin(&j, &out);
	write_signature(a, &j);
	json_text(&j, "msg_type", "interactive");
	json_object(&j, "card");
	json_object(&j, "config");
	json_bool(&j, "wide_screen_mode", true);
	json_close(&j);
	json_object(&j, "header");
	json_text(&j, "template", templates[text.tone]);
	write_plain(&j, "title", text.title);
	json_close(&j);
	write_elements(&j, &text);
	json_close(&j);
	a->body = body_end(a, &j, &out);
}

static struct verdict judge_feishu(struct arena *a, uint32_t status, struct str answer)
{
	static const struct answer_code codes[] = {
		{ "11232", VERDICT_THROTTLED, CLOCK_MINUTE },
		{ "19021", VERDICT_REFUSED, 0 },
		{ "19022", VERDICT_REFUSED, 0 },
		{ "19023", VERDICT_REFUSED, 0 },
		{ "19024", VERDICT_REFUSED, 0 },
		{ NULL, VERDICT_FAILED, 0 }
	};

	return judge_code(a, status, answer, "/code", codes);
}

const struct dialect dialect_feishu = {
	.name = "feishu", .pace = { .per_second = 4, .per_minute = 90 },
	.digest_above = DIGEST_ABOVE, .is_address_secret = true, .takes_secret = true,
	.prepare = prepare_feishu, .judge = judge_feishu,
};
