/*
 * What a department's group is told by a bot: a card with the matter's title, its category and its
 * limit, and a link to where the task is done, for a bot cannot be answered. The title is a
 * citizen's text: whatever may be a phone number in it is masked, for a group is no place for one.
 */
#include <inttypes.h>

#include "clock.h"
#include "matter.h"
#include "rules/mask.h"
#include "setting.h"
#include "webhooks/webhooks.h"

struct heading {
	enum event_kind kind;
	const char *text;
	enum outbox_tone tone;
};

static const struct heading headings[] = {
	{ EVENT_APPEAL_RECEIVED, "新诉求", OUTBOX_PLAIN },
	{ EVENT_TASK_DISPATCHED, "新派单", OUTBOX_PLAIN },
	{ EVENT_TASK_REVIEW_FAILED, "审核退回", OUTBOX_SOON },
	{ EVENT_TASK_REVIEW_PASSED, "审核通过", OUTBOX_PLAIN },
	{ EVENT_TASK_VISITED, "已回访", OUTBOX_PLAIN },
	{ EVENT_TASK_REDO, "重新办理", OUTBOX_SOON },
	{ EVENT_TASK_WARNED, "即将超期", OUTBOX_SOON },
	{ EVENT_TASK_OVERDUE, "已超期", OUTBOX_LATE },
	{ EVENT_TASK_CARD, "亮牌", OUTBOX_LATE },
	{ EVENT_TASK_RETURN_ACCEPTED, "退单已同意", OUTBOX_PLAIN },
	{ EVENT_TASK_RETURN_REFUSED, "退单未同意", OUTBOX_SOON },
	{ EVENT_TASK_RULED, "指定承办", OUTBOX_SOON },
	{ EVENT_TASK_EXTENSION_DECIDED, "延期审批", OUTBOX_PLAIN },
	{ EVENT_TASK_DUE_MOVED, "期限变更", OUTBOX_PLAIN },
	{ EVENT_TASK_PAUSED, "已挂起", OUTBOX_PLAIN },
	{ EVENT_TASK_RESUMED, "恢复计时", OUTBOX_SOON },
	{ EVENT_TASK_ON_ACCOUNT, "已挂账", OUTBOX_PLAIN },
	{ EVENT_TASK_OFF_ACCOUNT, "已销账", OUTBOX_SOON },
	{ EVENT_TASK_URGED, "催办", OUTBOX_SOON },
	{ EVENT_TASK_SUPERVISED, "督办", OUTBOX_LATE },
	{ EVENT_TASK_ESCALATED, "提级", OUTBOX_LATE },
	{ EVENT_TASK_EXCLUDED, "已剔除", OUTBOX_PLAIN },
	{ EVENT_TASK_WITHDRAWN, "已撤单", OUTBOX_PLAIN },
	{ EVENT_TASK_RESTORED, "已恢复", OUTBOX_PLAIN },
	{ EVENT_TASK_REOPENED, "重启办理", OUTBOX_SOON },
	{ EVENT_KIND_END, "通知", OUTBOX_PLAIN },
};

static const struct heading *heading_of(enum event_kind kind)
{
	const struct heading *h = headings;

	while (h->kind != EVENT_KIND_END && h->kind != kind)
		h++;
	return h;
}

/* "2026-03-09 23:59" of local time. */
static struct str minute_of(struct arena *a, int64_t at)
{
	char text[40];
	struct str full = clock_format(at, text, sizeof(text));

	return arena_printf(a, "%.10s %.5s", full.p, full.p + 11);
}

static struct str link_of(struct arena *a, uint64_t task_id)
{
	struct str base = setting_str("public_url");

	if (!base.n || !task_id)
		return STR_NONE;
	return arena_printf(a, "%.*s/#/inbox/%.*s", STR_ARG(base),
			    STR_ARG(task_reference(a, task_id)));
}

static struct str lines_of(struct tx *tx, const struct event *e)
{
	const struct reference *ref = reference_of(tx);
	const struct category *category = reference_category(ref, e->appeal->category);
	struct arena *a = tx_arena(tx);
	const struct task *t = e->task;
	struct str text = arena_printf(a, "工单 %.*s", STR_ARG(t ? task_reference(a, t->id) :
						    appeal_reference(a, e->appeal->id)));

	if (category)
		text = arena_printf(a, "%.*s\n类别 %.*s", STR_ARG(text),
				    STR_ARG(category->name));
	if (t && (t->redo_due || t->due))
		text = arena_printf(a, "%.*s\n办理期限 %.*s", STR_ARG(text),
				    STR_ARG(minute_of(a, t->redo_due ? t->redo_due : t->due)));
	return text;
}

struct str webhook_card(struct tx *tx, const struct endpoint *to, const struct event *e)
{
	const struct appeal *appeal = e->appeal;
	struct str title = webhook_text(SHOWN_TITLE, appeal->is_secret, appeal->title);
	const struct heading *h = heading_of(e->kind);
	struct arena *a = tx_arena(tx);

	return outbox_card_body(a, &(struct outbox_card){
		.tone = h->tone,
		.keyword = to->prefix,
		.group = str_of(h->text),
		.title = arena_printf(a, "【%s】%.*s", h->text,
				      STR_ARG(mask_digits(a, title))),
		.link = link_of(a, e->task ? e->task->id : 0),
		.text = lines_of(tx, e),
	});
}

struct str webhook_card_of_month(struct tx *tx, const struct endpoint *to, uint32_t month)
{
	struct arena *a = tx_arena(tx);

	return outbox_card_body(a, &(struct outbox_card){
		.keyword = to->prefix, .group = STR("月度通报"),
		.title = arena_printf(a, "【月度通报】%" PRIu32 "年%" PRIu32 "月已冻结",
				      month / 100, month % 100),
	});
}

struct str webhook_card_of_test(struct tx *tx, const struct endpoint *to)
{
	return outbox_card_body(tx_arena(tx), &(struct outbox_card){
		.keyword = to->prefix, .group = STR("测试消息"),
		.title = STR("【测试消息】联动平台已连接到本群"),
		.text = setting_str("public_url").n ? STR_NONE :
			STR("平台未设置 public_url，消息不带链接，请凭工单号登录平台办理"),
	});
}
