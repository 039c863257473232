/* A new receiver: where, which events, in which form. A refused address is explained by its kind. */
import type { JSX } from "preact";
import type { BodyFor } from "../../api/ask";
import { Problem } from "../../api/client";
import { t } from "./words";
import { ActionForm, type FormField, type Values } from "../../parts/form";
import { receivers } from "../receivers";

type Body = BodyFor<"post", "/webhooks">;
const formats = ["standard", "cloudevents", "wecom", "dingtalk", "feishu"] as const;
const bots: readonly unknown[] = ["wecom", "dingtalk", "feishu"];
const patterns = ["*", "task.*", "report.*", "some"] as const;
const types = ["appeal.received", "task.dispatched", "task.urged", "task.warned", "task.overdue", "task.card",
	"task.return_refused", "task.return_accepted", "task.extension_decided", "task.review_failed",
	"task.review_passed", "task.visited", "task.redo", "task.excluded", "task.withdrawn", "report.frozen"] as const;

/* The server's sentence says which rule refused the address; here it is told by kinds. */
const kinds: readonly [RegExp, string][] = [[/may not be dialled/, "closed"], [/must begin with/, "scheme"],
	[/user name/, "user"], [/port/, "port"], [/\(#\)/, "fragment"], [/host/, "host"]];

export function refusedInWords(error: unknown): never {
	if (!(error instanceof Problem))
		throw error;
	throw new Problem(error.status, error.code, error.detail, error.errors.map(one => one.code !== "refused_url" ? one
		: { ...one, code: `url_${kinds.find(([says]) => says.test(one.detail))?.[1] ?? "form"}` }),
	error.allowed, error.retryAfter);
}

function fields(own: boolean): FormField[] {
	const bot = (values: Values) => bots.includes(values.format);
	return [
		...own ? [] : [{ name: "department", kind: "pick", label: t("appeal.department"), required: true,
			options: receivers("") } as const],
		{ name: "format", kind: "select", label: t("hook.format"),
			options: formats.map(value => ({ value, label: t(`format.${value}`) })) },
		{ name: "url", kind: "text", label: t("hook.url"), required: true, max: 2048, placeholder: "https://" },
		{ name: "which", kind: "choice", label: t("hook.events"), required: true,
			options: patterns.map(value => ({ value, label: t(`pattern.${value}`) })) },
		...types.map((name): FormField => ({ name, kind: "check", label: name, when: values => values.which === "some" })),
		{ name: "secret", kind: "text", type: "password", label: t("hook.own_secret"), max: 50,
			when: values => values.format === "dingtalk" || values.format === "feishu" },
		{ name: "prefix", kind: "text", label: t("hook.prefix"), max: 20, when: bot },
	];
}

function bodyOf(values: Values): Body {
	const text = (name: string) => String(values[name] ?? "").trim();
	const which = text("which");
	return {
		url: text("url"), format: text("format"),
		events: which === "some" ? types.filter(name => values[name] === true) : [which],
		...Object.fromEntries(["department", "secret", "prefix"].filter(name => text(name) !== "")
			.map(name => [name, text(name)])),
	} as Body;
}

export function AddForm({ own, onSubmit, onCancel }: {
	own: boolean;
	onSubmit: (body: Body) => Promise<void>;
	onCancel: () => void;
}): JSX.Element {
	return (
		<ActionForm id="hook" title={t("hook.add")} keepAs="new" submit={t("hook.add")} fields={fields(own)}
			initial={{ format: "standard", which: "*" }} onCancel={onCancel}
			consequence={values => t(bots.includes(values.format) ? "hook.bot_consequence" : "hook.consequence")}
			onSubmit={values => onSubmit(bodyOf(values))} />
	);
}
