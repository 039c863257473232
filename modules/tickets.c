/*
 * Tickets: a task on paper, for who works without a screen. It shows what its readers see on
 * theirs, the caller masked; of a caller who wishes secrecy nothing, since paper is handed on.
 */
#include <inttypes.h>

#include "audit.h"
#include "clock.h"
#include "matter.h"
#include "module.h"
#include "printed.h"
#include "sightings.h"

/* ---- words, in the order of the enums ---- */

static const char *const channel_words[] = {
	"110", "12345", "企业诉求", "窗口", "网站", "移动端", "来信", "领导交办",
};
static const char *const content_words[] = {
	"咨询", "求助", "投诉", "举报", "建议", "表扬",
};
static const char *const state_words[] = {
	"待签收", "办理中", "申请退单", "挂起", "挂账", "待审核", "已办结", "已回访", "已归档",
	"已退单", "已撤单",
};
static const char *const result_words[] = {
	"已解决", "部分解决", "已解释", "承诺解决", "不属实", "无管辖权",
};

_Static_assert(CHANNEL_LEADER == array_count(channel_words), "one word a channel");
_Static_assert(CONTENT_PRAISE + 1 == array_count(content_words), "one word a class");
_Static_assert(TASK_WITHDRAWN == array_count(state_words), "one word a state");
_Static_assert(RESULT_NO_JURISDICTION == array_count(result_words), "one word a result");

/* ---- what is printed ---- */

struct ticket {
	struct printed printed;
	struct arena *arena;
	const struct reference *names;
	const struct matter *m;
	const struct task *task;
	const struct actor *reader;
};

/* What the reader is not shown stays empty on paper. */
static struct str shown(const struct ticket *t, enum shown_field field, struct str text)
{
	return text.p && reader_sees(t->reader, field, t->m->appeal.is_secret) ? text : STR("");
}

static struct str named(const struct ticket *t, struct str code, struct str name)
{
	return name.p ? arena_printf(t->arena, "%.*s（%.*s）", STR_ARG(name), STR_ARG(code)) : code;
}

static struct str caller_words(const struct ticket *t)
{
	const struct matter *m = t->m;

	if (m->appeal.is_secret)
		return STR("保密");
	if (m->appeal.is_anonymous)
		return STR("匿名");
	return arena_printf(t->arena, "%.*s　%.*s",
			    STR_ARG(shown(t, SHOWN_CALLER_NAME, m->shown.name)),
			    STR_ARG(shown(t, SHOWN_CALLER_PHONE, m->shown.phone)));
}

static void write_matter(struct ticket *t)
{
	const struct appeal *a = &t->m->appeal;
	const struct task *task = t->task;
	const struct department *department = reference_department(t->names, task->department);
	const struct category *category = reference_category(t->names, a->category);
	const struct area *area = reference_area(t->names, a->area);
	struct printed *p = &t->printed;
	struct arena *arena = t->arena;

	printed_form_open(p, 24);
	printed_row(p, "工单编号", task_reference(arena, task->id), "诉求编号",
		    appeal_reference(arena, a->id));
	printed_row(p, "来源渠道", str_of(channel_words[a->channel - 1]), "受理时间",
		    time_words(arena, a->received_at));
	printed_row(p, "诉求类型", arena_printf(arena, "%s%s", content_words[a->content_class],
						a->is_urgent ? "　【紧急】" : ""),
		    "诉求人", caller_words(t));
	printed_row(p, "事项类别", named(t, a->category, category ? category->name : STR_NONE),
		    "所属区域", named(t, a->area, area ? area->name : STR_NONE));
	struct str address = place_shown(arena, a, t->reader);
	printed_row(p, "事发地址", address.p ? address : STR(""), NULL, STR_NONE);
	if (a->enterprise_name.n)
		printed_row(p, "涉及企业", shown(t, SHOWN_ENTERPRISE, a->enterprise_name), NULL,
			    STR_NONE);
	printed_row(p, "承办单位", named(t, task->department,
					 department ? department->name : STR_NONE),
		    "承办方式", task->role == TASK_LEAD ? STR("主办") : STR("协办"));
	printed_row(p, "当前状态", str_of(state_words[task->state - 1]), "时限类别",
		    str_of(limit_class_names[task->limit_class]));
	printed_form_close(p);
	printed_heading(p, 2, STR("诉求内容"));
	printed_paragraph(p, shown(t, SHOWN_TITLE, a->title));
	printed_paragraph(p, shown(t, SHOWN_TEXT, a->text));
}

static struct str due_words(const struct ticket *t, int64_t due, int64_t done)
{
	struct arena *a = t->arena;

	if (!due)
		return STR("无");
	return done ? arena_printf(a, "%.*s（%.*s 完成）", STR_ARG(time_words(a, due)),
				   STR_ARG(time_words(a, done))) :
		      time_words(a, due);
}

static void write_limits(struct ticket *t)
{
	const struct task *task = t->task;
	struct printed *p = &t->printed;

	printed_heading(p, 2, STR("办理时限"));
	printed_form_open(p, 24);
	printed_row(p, "派单时间", time_words(t->arena, task->dispatched_at), "签收时限",
		    due_words(t, task->sign_due, task->signed_at));
	printed_row(p, "联系时限", due_words(t, task->contact_due, task->contacted_at),
		    "办结时限", due_words(t, task->due, task->closed_at));
	if (task->redo_due)
		printed_row(p, "重办时限", time_words(t->arena, task->redo_due), NULL, STR_NONE);
	printed_row(p, "拟办意见", shown(t, SHOWN_ADVICE, task->advice), NULL, STR_NONE);
	printed_form_close(p);
}

/* What was answered is printed; where nothing was yet, there is room to write. */
static void write_work(struct ticket *t)
{
	const struct task *task = t->task;
	struct printed *p = &t->printed;

	if (task->reply.p && task->result) {
		printed_heading(p, 2, STR("办理结果"));
		printed_paragraph(p, str_of(result_words[task->result - 1]));
		printed_paragraph(p, shown(t, SHOWN_REPLY, task->reply));
		if (task->legal_basis.n)
			printed_paragraph(p, arena_printf(t->arena, "依据：%.*s",
							  STR_ARG(task->legal_basis)));
		return;
	}
	printed_heading(p, 2, STR("承办记录"));
	printed_form_open(p, 60);
	printed_row(p, "办理情况", STR(""), NULL, STR_NONE);
	printed_row(p, "领导意见", STR(""), NULL, STR_NONE);
	printed_form_close(p);
	printed_form_open(p, 26);
	printed_row(p, "承办人", STR(""), "办理日期", STR(""));
	printed_form_close(p);
}

static struct reply tickets_print(struct req *r)
{
	struct arena *a = req_arena(r);
	struct matter m;
	struct task *task;

	if (!req_task(r, &m, &task))
		return reply_missing(r);
	struct ticket t = {
		.arena = a, .names = reference_of(req_tx(r)), .m = &m, .task = task,
		.reader = req_actor(r),
	};
	sighting_keep(r, SIGHT_PRINTED, m.appeal.id);
	struct str reference = task_reference(a, task->id);
	int64_t now = clock_now();
	struct export_mark mark = audit_export(r, "ticket", reference);
	printed_open(&t.printed, &(struct printed_heads){
		.title = STR("诉求办理工单"), .subtitle = reference, .made = now,
		.mark = mark.words,
		.foot = arena_printf(a, "%.*s · 打印于 %.*s · 诉求人信息已作遮蔽，请妥善保管 · %.*s",
				     STR_ARG(reference), STR_ARG(time_words(a, now)),
				     STR_ARG(mark.words)) });
	write_matter(&t);
	write_limits(&t);
	write_work(&t);
	printed_code(&t.printed, reference, STR("工单编号：扫码即可在系统中查找"));
	return reply_printed(r, &t.printed, arena_printf(a, "ticket-%.*s.pdf",
							 STR_ARG(reference)));
}

static const struct route routes[] = {
	{ ROUTE(tickets_print), .lane = LANE_SLOW },
	{ 0 }
};

const struct module tickets_module = {
	.name = "tickets",
	.purpose = "Prints a task as a ticket.",
	.routes = routes,
};
