/* What an enterprise's complaint finds against what was filed: facts side by side, no verdict. */
import type { JSX } from "preact";
import type { EnterpriseFindings } from "../api/types";
import { t } from "../i18n";
import { language } from "../state/prefs";
import { departmentName } from "../state/reference";

type Filing = NonNullable<EnterpriseFindings["findings"][number]["filing"]>;

function filingLine(filing: Filing): string {
	const days = filing.first_day === filing.last_day ? filing.first_day
		: `${filing.first_day} – ${filing.last_day}`;
	return t("findings.filing", { id: filing.id, version: filing.version, days,
		body: departmentName(filing.body), basis: filing.basis });
}

export function Findings({ found }: { found: EnterpriseFindings }): JSX.Element | null {
	const isChinese = language.value === "zh";
	if (!found.compared)
		return null;
	return (
		<section class="findings" aria-label={t("findings.title", { day: found.day })}>
			<h3>{t("findings.title", { day: found.day })}</h3>
			<ul>
				{found.findings.map((one, index) => (
					<li key={index}>
						{isChinese ? one.text : one.text_en}
						{one.filing && <div class="row-note">{filingLine(one.filing)}</div>}
						{one.filing?.amount != null && one.amount_named !== null
							&& <div class="row-note">{t("findings.amount",
								{ filed: one.filing.amount, named: one.amount_named })}</div>}
					</li>))}
			</ul>
			<p class="row-note">{isChinese ? found.note : found.note_en}</p>
		</section>
	);
}
