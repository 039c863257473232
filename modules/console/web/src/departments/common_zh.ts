/* What several of the department's screens say. */
export const zh = {
	"inbox.step_done": "{step}：已记录。",

	"promise_state.pending": "未到日",
	"promise_state.due": "待核查",
	"promise_state.kept": "已兑现",
	"promise_state.broken": "未兑现",
	"promise_state.lapsed": "失效",

	"supervised_state.open": "办理中",
	"supervised_state.proved": "待销号",
	"supervised_state.signed_off": "已销号",

	"batch.outcome": "结果",

	"promise_state.made": "全部",
} as const;
