/* Frozen months judged once more under other rules, beside what was frozen; nothing is changed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, type AnswerOf, type BodyFor } from "../../api/ask";
import { rateMeasures, type ContentClass, type Level, type RateMeasure } from "../../api/types";
import { useAct } from "../../lib/act";
import { Button } from "../../parts/button";
import { Check, TextField } from "../../parts/field";
import { ProblemNotice } from "../../parts/notice";
import { Card } from "../../parts/page";
import { Table } from "../../parts/table";
import { departmentName } from "../../state/reference";
import { count, measureName, rateWords, signed } from "../figure_words";
import { useMonths } from "../past";
import { monthOf } from "../../lib/time";
import { now } from "../../state/clock";
import type { PageProps } from "../view";
import { t } from "./words";

type Result = AnswerOf<"post", "/reports/laboratory">;
type Rules = BodyFor<"post", "/reports/laboratory">["rules"];

const levels: readonly Level[] = ["very_satisfied", "satisfied", "basically_satisfied", "neutral", "dissatisfied",
	"very_dissatisfied"];
const contents: readonly ContentClass[] = ["consultation", "help", "complaint", "report", "suggestion", "praise"];

interface Tried {
	target: string;
	satisfied: readonly Level[];
	strict: readonly Level[];
	unrated: readonly ContentClass[];
}

/** As shipped; what is left as it is here is not sent, so each month keeps its own. */
const shipped: Tried = { target: "", satisfied: ["very_satisfied", "satisfied", "basically_satisfied"],
	strict: ["very_satisfied", "satisfied"], unrated: ["suggestion", "praise"] };

function rulesOf(tried: Tried): Rules {
	const changed = (key: "satisfied" | "strict" | "unrated") => tried[key].join() !== shipped[key].join();
	return {
		...tried.target.trim() ? { target: Number(tried.target) } : {},
		...changed("satisfied") ? { satisfied_levels: [...tried.satisfied] } : {},
		...changed("strict") ? { strict_levels: [...tried.strict] } : {},
		...changed("unrated") ? { unrated_contents: [...tried.unrated] } : {},
	};
}

function Choices<T extends string>({ legend, all, chosen, nameOf, onChoose }: {
	legend: string;
	all: readonly T[];
	chosen: readonly T[];
	nameOf: (value: T) => string;
	onChoose: (chosen: readonly T[]) => void;
}): JSX.Element {
	return (
		<fieldset class="choices">
			<legend>{legend}</legend>
			{all.map(value => <Check key={value} label={nameOf(value)} checked={chosen.includes(value)}
				onChange={on => onChoose(all.filter(one => one === value ? on : chosen.includes(one)))} />)}
		</fieldset>
	);
}

function MonthResult({ month }: { month: Result["months"][number] }): JSX.Element {
	const { before, after } = month.total;
	const moved = rateMeasures.filter(measure => {
		const [a, b] = [before.measures[measure], after.measures[measure]];
		return a.num !== b.num || a.den !== b.den || a.meets !== b.meets;
	});
	const crossed = month.departments.filter(one => one.crosses.length > 0);
	return (
		<Card id={`tried-${month.period}`} title={t("laboratory.month", { month: month.period,
			before: month.target_before, after: month.target_after })}>
			{moved.length === 0 && <p class="padded hint">{t("laboratory.same")}</p>}
			<Table<RateMeasure> caption={month.period} rows={moved} rowKey={measure => measure} columns={[
				{ key: "measure", head: t("report.measure"), cell: measure => t(`measure.${measure}`) },
				...([["before", before], ["after", after]] as const).map(([key, side]) => ({
					key, head: t(`laboratory.${key}`), number: true, cell: (measure: RateMeasure) =>
						<>{rateWords(side.measures[measure])} <small>{count(side.measures[measure].num)} / {count(
							side.measures[measure].den)}</small></> })),
				{ key: "by", head: t("laboratory.moved"), number: true, cell: measure => signed(
					Number(after.measures[measure].rate ?? 0) - Number(before.measures[measure].rate ?? 0)) },
			]} />
			<p class="padded"><b>{t("laboratory.crosses")}</b>{" "}
				{crossed.length === 0 ? t("laboratory.nobody") : crossed.map(one => `${departmentName(one.department)}（${one.crosses
					.map(cross => `${measureName(cross.measure)} ${t(cross.meets ? "laboratory.meets" : "laboratory.misses")}`)
					.join(t("list.comma"))}）`).join(t("list.comma"))}</p>
		</Card>
	);
}

export function Laboratory({ view, report }: PageProps): JSX.Element {
	const { months, all } = useMonths(report.state === "frozen" ? view.period : monthOf(now.value), "all");
	const frozen = months.filter(month => month.state === "frozen").map(month => month.period).reverse();
	const [chosen, setChosen] = useState<readonly string[] | null>(null);
	const [tried, setTried] = useState<Tried>(shipped);
	const [result, setResult] = useState<Result | null>(null);
	const act = useAct();
	const asked = chosen ?? frozen.slice(0, 1);
	const change = (by: Partial<Tried>) => setTried({ ...tried, ...by });
	const run = () => void act.run(async () => setResult((await ask.post("/reports/laboratory",
		{ body: { months: [...asked], rules: rulesOf(tried) } })).body));
	return (
		<div class="laboratory">
			<Card id="laboratory" title={t("laboratory.title")}>
				<div class="padded laboratory-form">
					<p class="hint">{t("laboratory.how")}</p>
					{all && frozen.length === 0 && <p>{t("laboratory.no_month")}</p>}
					<Choices legend={t("laboratory.months")} all={frozen} chosen={asked} nameOf={month => month}
						onChoose={setChosen} />
					<TextField id="laboratory-target" label={t("laboratory.target")} value={tried.target} placeholder="90"
						onInput={target => change({ target: target.replace(/\D/g, "").slice(0, 3) })} />
					<Choices legend={t("laboratory.satisfied")} all={levels} chosen={tried.satisfied}
						nameOf={level => t(`level.${level}`)} onChoose={satisfied => change({ satisfied })} />
					<Choices legend={t("laboratory.strict")} all={levels} chosen={tried.strict}
						nameOf={level => t(`level.${level}`)} onChoose={strict => change({ strict })} />
					<Choices legend={t("laboratory.unrated")} all={contents} chosen={tried.unrated}
						nameOf={content => t(`content_class.${content}`)} onChoose={unrated => change({ unrated })} />
					{act.failure !== null && <ProblemNotice error={act.failure} />}
					<div class="form-foot">
						<Button kind="primary" busy={act.busy} disabled={asked.length === 0} onClick={run}>
							{t("laboratory.run")}</Button>
						<Button onClick={() => { setTried(shipped); setResult(null); }}>{t("laboratory.reset")}</Button>
					</div>
				</div>
			</Card>
			<div class="laboratory-results">
				{result === null && <section class="card"><p class="empty">{t("laboratory.waiting")}</p></section>}
				{result?.months.map(month => <MonthResult key={month.period} month={month} />)}
			</div>
		</div>
	);
}
