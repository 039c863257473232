/* The sunken panel: where the appeal will go and by when, before it is saved. */
import type { JSX } from "preact";
import { read, type Schemas } from "../api/ask";
import { useLoaded } from "../lib/load";
import { dateTime, timeLeft } from "../lib/time";
import { Check } from "../parts/field";
import { now } from "../state/clock";
import { catalogue, departmentName } from "../state/reference";
import { assist } from "./assist";
import { changeDraft, draft } from "./draft";
import { expectedDispatch } from "./expected_dispatch";
import { t } from "./words";

type Limits = Schemas["LimitRow"];

/** How long a class gives, as the table in force says; where a sign-in is a matter of minutes, that too. */
function lengthOf({ sign, done }: Limits): string {
	const words = ({ amount, unit }: Schemas["Limit"]) => t(`limit_unit.${unit}`, { n: amount });
	return done === null ? t("desk.limit_law")
		: (sign?.unit === "minutes" ? t("desk.limit_sign", { limit: words(sign) }) : "") + words(done);
}

function Where(): JSX.Element {
	const limits = useLoaded(() => read("/limits"), "limits").value;
	const local = expectedDispatch(catalogue.value, draft.value);
	const foretold = assist.value.expected;
	if (local.kind !== "department")
		return (
			<>
				<div><span class="expected-name">{t("expected.department")}</span>
					<span>{t(local.kind === "incomplete" ? "expected.incomplete" : "expected.dispatcher")}</span></div>
				<div><span class="expected-name">{t("expected.limit")}</span>
					<span>{local.kind === "incomplete" ? "—" : t(`expected.${local.why}`)}</span></div>
			</>
		);
	const sure = foretold && foretold.department === local.row.department ? foretold : null;
	const limitClass = sure?.limit_class ?? local.limitClass;
	const row = limits?.items.find(one => one.limit_class === limitClass);
	return (
		<>
			<div>
				<span class="expected-name">{t("expected.department")}</span>
				<strong>{departmentName(local.row.department)}</strong>
				{sure && sure.assist.length > 0
					&& <small>{t("expected.with", { who: sure.assist.map(departmentName).join(t("list.comma")) })}</small>}
			</div>
			<div>
				<span class="expected-name">{t("expected.limit")}</span>
				<strong>{row ? lengthOf(row) : t(`limit_class.${limitClass}`)}</strong>
				{sure && <small class="number" title={`${t(`limit_class.${limitClass}`)} · ${t("limit.sign")} ${dateTime(sure.sign_due)}`}>
					{t("expected.until", { at: dateTime(sure.due), left: timeLeft(sure.due, now.value) })}</small>}
				{draft.value.urgent && limitClass !== "L0"
					&& <small class="amber">{t("expected.urgent_refused")}</small>}
			</div>
		</>
	);
}

export function ExpectedPanel(): JSX.Element {
	const { anonymous, secret, visitWanted } = draft.value;
	return (
		<div class="expected">
			<div class="expected-where" role="status"><Where /></div>
			<div class="checks">
				<Check label={t("caller.anonymous")} checked={anonymous}
					onChange={value => changeDraft({ anonymous: value })} />
				<Check label={t("caller.secret")} checked={secret}
					onChange={value => changeDraft({ secret: value })} />
				<Check label={t("caller.visit_wanted")} checked={visitWanted}
					onChange={value => changeDraft({ visitWanted: value })} />
			</div>
		</div>
	);
}
