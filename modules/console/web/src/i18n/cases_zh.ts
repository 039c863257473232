/* What lists of things to decide, and their forms, have in common. */
export const zh = {
	"list.all": "全部",

	"docket.empty_next": "有了会出现在这里。",

	"period.previous": "上一期",
	"period.next": "下一期",

	"rung.yellow": "黄牌",
	"rung.red": "红牌",

	"ground.overdue_half": "超期达时限一半",
	"ground.overdue_days": "超期五个工作日",
	"ground.two_yellow": "当月第二张黄牌",
	"ground.proven_fraud": "弄虚作假查实",

	"step.clue": "问责线索",

	"field.number": "编号",
	"field.task": "任务",
	"field.kind": "种类",
	"field.source": "来源",
	"field.state": "状态",
	"field.text": "内容",
	"field.title": "题目",
	"field.note": "说明",
	"field.reason": "理由",
	"field.evidence": "证据",
	"field.ground": "事由",
	"field.facts": "事实",
	"field.rule": "制度（文件、条款）",
	"field.proposal": "建议",
	"field.problem": "问题",
	"field.by": "经办",

	"proposal.abolish": "废止",
	"proposal.amend": "修改",
	"proposal.make": "制定",

	"consequence.clue": "线索进入账本；单位可见并有权陈述。",

	"step.done": "{what}：已办，已记录在案。",
} as const;
