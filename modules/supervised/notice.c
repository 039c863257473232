/*
 * An item on paper: the supervision notice (督办单) of a demand, the letter of a decision
 * (监察决定书) or recommendation (监察建议书), the slip of an inspection. It tells what is demanded
 * by when, and has room for what comes back; of the case behind it the number alone.
 */
#include "audit.h"
#include "clock.h"
#include "printed.h"
#include "supervised/supervised.h"

static const char *const titles[] = { "督办单", "监察决定书", "监察建议书", "督查任务单" };
static const char *const sources[] = {
	"会议议定", "领导批示", "督查检查", "群众诉求", "政策部署",
};
static const char *const states[] = { "办理中", "已报结果、待销号", "已销号" };

_Static_assert(ITEM_INSPECTION == array_count(titles), "one title a kind");
_Static_assert(SOURCE_POLICY == array_count(sources), "one word a source");
_Static_assert(ITEM_SIGNED_OFF == array_count(states), "one word a state");

static void write_item(struct printed *p, struct arena *a, const struct reference *names,
		       const struct sql_supervised_page_row *item)
{
	const struct department *department = reference_department(names, item->department);
	bool is_late = item->state == ITEM_OPEN && item->due < clock_now();

	printed_form_open(p, 24);
	printed_row(p, "编号", item_reference(a, item->kind, item->year, item->n), "来源",
		    str_of(sources[item->source - 1]));
	printed_row(p, "承办单位", department ? department->name : item->department, "责任人",
		    item->owner.p ? item->owner : STR(""));
	printed_row(p, "下达时间", time_words(a, item->made_at), "办理时限",
		    arena_printf(a, "%.*s%s", STR_ARG(time_words(a, item->due)),
				 is_late ? "　【已逾期】" : ""));
	printed_row(p, "当前状态", str_of(states[item->state - 1]), "催办次数",
		    arena_printf(a, "%u", item->urges));
	if (item->task_id)
		printed_row(p, "相关工单", task_reference(a, item->task_id), NULL, STR_NONE);
	if (item->meeting_n)
		printed_row(p, "联席会议", item_reference(a, NUMBERED_MEETING,
				item->meeting_year, item->meeting_n), NULL, STR_NONE);
	printed_form_close(p);
	printed_heading(p, 2, item->kind == ITEM_RECOMMENDATION ? STR("建议内容") :
				item->kind == ITEM_DECISION ? STR("决定内容") : STR("督办要求"));
	printed_paragraph(p, item->demand);
}

static void write_answer(struct printed *p)
{
	printed_heading(p, 2, STR("办理反馈"));
	printed_form_open(p, 60);
	printed_row(p, "办理情况", STR(""), NULL, STR_NONE);
	printed_row(p, "佐证材料", STR(""), NULL, STR_NONE);
	printed_form_close(p);
	printed_form_open(p, 26);
	printed_row(p, "单位负责人", STR(""), "反馈日期", STR(""));
	printed_row(p, "销号意见", STR(""), "销号日期", STR(""));
	printed_form_close(p);
	printed_note(p, STR("逾期未反馈的，由督查人员催办并记入督查台账。"));
}

struct reply notice_print(struct req *r)
{
	struct arena *a = req_arena(r);
	struct sql_supervised_page_row item;
	int64_t now = clock_now();
	struct printed p;

	if (!req_supervised(r, &item))
		return reply_missing(r);
	struct str reference = item_reference(a, item.kind, item.year, item.n);
	struct export_mark mark = audit_export(r, "notice", reference);
	printed_open(&p, &(struct printed_heads){
		.title = str_of(titles[item.kind - 1]), .subtitle = reference, .made = now,
		.mark = mark.words,
		.foot = arena_printf(a, "%.*s · 打印于 %.*s · %.*s", STR_ARG(reference),
				     STR_ARG(time_words(a, now)), STR_ARG(mark.words)) });
	write_item(&p, a, reference_of(req_tx(r)), &item);
	write_answer(&p);
	printed_code(&p, reference, STR("督查编号：扫码即可在系统中查找"));
	return reply_printed(r, &p, arena_printf(a, "notice-%.*s.pdf", STR_ARG(reference)));
}
