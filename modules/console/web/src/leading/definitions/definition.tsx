/* What a number is: numerator, denominator and what is left out, in plain words, with its figures. */
import type { JSX } from "preact";
import type { Report } from "../../api/types";
import { countOf, hasTarget, isRate, measuresOf, rateOf, type Column } from "../figures";
import { count, rateWords } from "../figure_words";
import { columns } from "../view";
import { t } from "./words";

/* What a base leaves out is the same for all measures that share it. */
const leftOut = {
	matured: ["on_time", "completion", "original_limit", "extension", "exclusion", "carried", "overdue_stock",
		"within_limit"],
	answered: ["satisfaction", "satisfaction_strict", "satisfaction_first", "solved", "contacted", "double_yes",
		"redo"],
	visitable: ["visit_attempted", "visit_coverage", "satisfaction_low", "satisfaction_high"],
	stepped: ["sign_on_time", "contact_on_time"],
	counted: ["received", "review_refused", "returned", "return_invalid", "recomplaint"],
} as const;

type Left = keyof typeof leftOut;

function leftOf(column: Column): Left {
	return (Object.keys(leftOut) as Left[]).find(key =>
		(leftOut[key] as readonly string[]).includes(column)) ?? "counted";
}

export function Definition({ report, department, column }: {
	report: Report;
	department: string | null;
	column: Column;
}): JSX.Element {
	const measures = measuresOf(report, department);
	const rate = isRate(column) ? rateOf(measures, column) : null;
	return (
		<dl class="definition" data-definition={column}>
			{rate ? <>
				<div><dt>{t("part.num")} <b class="number">{count(rate.num)}</b></dt><dd>{t(`num.${column}` as "num.on_time")}</dd></div>
				<div><dt>{t("part.den")} <b class="number">{count(rate.den)}</b></dt><dd>{t(`den.${column}` as "den.on_time")}</dd></div>
			</> : <div><dt>{t("define.counted")} <b class="number">
				{count(countOf(measures, column))}</b></dt><dd>{t(`num.${column}` as "num.carried")}</dd></div>}
			<div><dt>{t("define.left_out")}</dt><dd>{t(`left_out.${leftOf(column)}`)}</dd></div>
			{rate && <div><dt>{t("define.result")}</dt><dd>{rateWords(rate)}{" · "}
				{hasTarget(column) ? t("define.target", { target: report.target }) : t("define.no_target")}</dd></div>}
		</dl>
	);
}

/** All definitions, the asked one first. */
export function Definitions({ report, column }: { report: Report; column: Column }): JSX.Element {
	return (
		<>
			<p class="hint">{t("define.rule", { rules: report.rule_set })}</p>
			{[column, ...columns.filter(other => other !== column)].map(one => (
				<section key={one}>
					<h3>{t(`measure.${one}`)}</h3>
					<Definition report={report} department={null} column={one} />
				</section>
			))}
		</>
	);
}
