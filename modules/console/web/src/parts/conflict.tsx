/* Somebody else was faster: says what changed, field by field, above the form that is kept. */
import type { JSX } from "preact";
import { t, tMaybe } from "../i18n";
import { dateTime } from "../lib/time";
import { departmentName } from "../state/reference";
import type { Change } from "../state/open_task";
import { Notice } from "./notice";

function words(field: Change["field"], value: unknown): string {
	if (value === null || value === undefined)
		return "—";
	const text = String(value);
	if (field === "department")
		return departmentName(text);
	if (field.endsWith("due"))
		return dateTime(text);
	return tMaybe(`task_state.${text}`) ?? tMaybe(`limit_class.${text}`) ?? text;
}

export function ConflictNotice({ changes }: { changes: readonly Change[] }): JSX.Element {
	return (
		<Notice tone="warn">
			<div>
				<strong>{t("conflict.title")}</strong>
				<ul>
					{changes.map(({ field, before, after }) => (
						<li key={field}>{tMaybe(`conflict_field.${field}`) ?? field}{" "}
							{words(field, before)} → {words(field, after)}</li>
					))}
					{changes.length === 0 && <li>{t("conflict.other")}</li>}
				</ul>
				<span>{t("conflict.next")}</span>
			</div>
		</Notice>
	);
}
