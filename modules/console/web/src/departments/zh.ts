export const zh = {
	"contact.channel": "联系方式",
	"contact.outcome": "联系结果",
	"contact.note": "联系记录",

	"contact_channel.phone": "电话",
	"contact_channel.visit": "上门",
	"contact_channel.sms": "短信",

	"outcome.reached": "已联系上",
	"outcome.no_answer": "无人接听",
	"outcome.refused": "对方拒绝",

	"progress.text": "办理进展",
	"progress.promise_on": "承诺日期（可不填）",
} as const;
