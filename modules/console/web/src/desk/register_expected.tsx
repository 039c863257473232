/* The sunken panel: where the appeal will go and under which limit, before it is saved. */
import type { JSX } from "preact";
import { t } from "./words";
import { expectedDispatch, type Expected } from "./expected_dispatch";
import { draft } from "./draft";
import { catalogue, departmentName } from "../state/reference";

function wordsFor(expected: Expected): [department: string, limit: string] {
	switch (expected.kind) {
	case "incomplete":
		return [t("expected.incomplete"), "—"];
	case "dispatcher":
		return [t("expected.dispatcher"), t(`expected.${expected.why}`)];
	case "department":
		return [departmentName(expected.row.department), t(`limit_class.${expected.limitClass}`)];
	}
}

export function ExpectedPanel(): JSX.Element {
	const { category, area, contentClass, urgent, accused } = draft.value;
	const expected = expectedDispatch(catalogue.value,
		{ category, area, contentClass, urgent, accused });
	const [department, limit] = wordsFor(expected);
	const known = expected.kind === "department";
	const urgentRefused = known && urgent && expected.limitClass !== "L0";
	return (
		<div class="expected" role="status">
			<div>
				<span class="expected-name">{t("expected.department")}</span>
				{known ? <strong>{department}</strong> : <span>{department}</span>}
			</div>
			<div>
				<span class="expected-name">{t("expected.limit")}</span>
				{known ? <strong>{limit}</strong> : <span>{limit}</span>}
				{known && <small>{t(`limit_words.${expected.limitClass}`)}</small>}
				{urgentRefused && <small class="amber">{t("expected.urgent_refused")}</small>}
			</div>
		</div>
	);
}
