/*
 * Draws of on-the-spot checks: committed to before the period is over, opened after it by another
 * person, and shown so that anybody can repeat them.
 */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Asked, Page } from "../parts/page";
import { Facts } from "../parts/task_text";
import { departmentName } from "../state/reference";
import { accountabilityLinks } from "./links";
import { Docket, Sections } from "../parts/docket";
import { day, dayAhead, departmentField, given, orNull, useList } from "../parts/described";
import { Steps } from "../parts/steps";
import { t } from "./words";

type Draw = Schemas["Draw"];

/** All values of a name in a text of lines "name TAB value". */
function valuesOf(text: string, name: string): string[] {
	return text.split("\n").filter(one => one.startsWith(`${name}\t`)).map(one => one.slice(name.length + 1));
}

/** The draw again from the opened text alone: lots by HMAC-SHA256, the smallest first. */
function commandOf(draw: Draw): string {
	return [
		`# opened.txt: ${t("lotteries.file")}`,
		"SEED=$(awk -F'\\t' '$1==\"seed\"{print $2}' opened.txt)",
		"perl -e 'print pack \"H*\", shift' \"$SEED\" | sha256sum   # = commitment",
		"awk -F'\\t' '$1==\"task\"{print $2}' opened.txt | while read -r task; do",
		"  printf '%s %s\\n' \"$(printf %s \"$task\" | openssl dgst -sha256 -mac HMAC \\",
		"    -macopt hexkey:\"$SEED\" | sed 's/.* //')\" \"$task\"",
		`done | LC_ALL=C sort | head -n ${draw.count} | cut -d' ' -f2`,
	].join("\n");
}

function Opened({ draw, text }: { draw: Draw; text: string }): JSX.Element {
	const [tasks, drawn] = [valuesOf(text, "task"), valuesOf(text, "drawn")];
	return (
		<>
			<h3>{t("lotteries.drawn")} <span class="count">{drawn.length}</span></h3>
			<ol class="drawn">{drawn.map(task => <li key={task}>
				<a class="number" href={href(["warnings", task])}>{task}</a></li>)}</ol>
			<h3>{t("lotteries.seed")}</h3>
			<p><code class="code-wrap" data-value="seed">{valuesOf(text, "seed")[0]}</code></p>
			<details open={tasks.length <= 20}><summary>{t("lotteries.list")} <span class="count">{tasks.length}</span></summary>
				<ul class="tasks" data-value="tasks">{tasks.map(task => <li key={task} class="number">{task}</li>)}</ul></details>
			<h3>{t("lotteries.repeat")}</h3>
			<p class="hint">{t("lotteries.rule")}</p>
			<pre class="command" tabIndex={0} role="group" aria-label={t("lotteries.repeat")}>{commandOf(draw)}</pre>
			<p><a class="button" download={`lottery-${draw.id}.txt`}
				href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}>{t("lotteries.save")}</a></p>
		</>
	);
}

function Shown({ id }: { id: number }): JSX.Element {
	const loaded = useLoaded(() => read("/lotteries/{id}", { path: { id: String(id) } }), String(id));
	return <Asked loaded={loaded}>{draw => (
		<>
			<Facts facts={[
				[t("lotteries.committed_at"), dateTime(draw.committed_at)],
				[t("field.by"), valuesOf(draw.committed ?? "", "by")[0]],
				[t("lotteries.opened_by"), draw.opened && valuesOf(draw.opened, "by")[0]],
			]} />
			<h3>{t("lotteries.commitment")}</h3>
			<p><code class="code-wrap" data-value="commitment">{draw.commitment}</code></p>
			{draw.opened ? <Opened draw={draw} text={draw.opened} /> : <p class="hint">{t("lotteries.closed")}</p>}
		</>
	)}</Asked>;
}

export function LotteriesScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const list = useList("/lotteries");
	return (
		<Page title={title} line={t("lotteries.line")}>
			{me.role !== "dispatcher" && <Sections label={t("accountability.title")} links={accountabilityLinks()} />}
			<Docket id="lotteries" title={t("lotteries.title")} list={list} rowKey={one => String(one.id)}
				empty={t("lotteries.empty")} heading={one => t("lotteries.draw", { n: one.id })}
				columns={[
					[t("field.number"), one => `№${one.id}`],
					[t("lotteries.period"), one => `${dateTime(one.from).slice(0, 10)} – ${dateTime(one.until).slice(0, 10)}`, "nowrap"],
					[t("appeal.department"), one => one.department ? departmentName(one.department) : t("list.all")],
					[t("lotteries.count"), one => one.count, "number"],
					[t("lotteries.opened_at"), one => one.opened_at ? dateTime(one.opened_at) : "·", "nowrap"],
				]}
				body={one => <Shown id={one.id} />}
				steps={one => [me.role !== "dispatcher" && one.opened_at === null && { key: "o", name: "open",
					label: t("lotteries.open"), primary: true, fields: [],
					consequence: t("consequence.open_draw"),
					run: () => ask.post("/lotteries/{id}/open", { path: { id: String(one.id) }, body: {} }) }]}>
				<Steps id="lotteries" keepAs="new" onDone={list.reload} steps={[
					me.role !== "dispatcher" && { key: "n", name: "commit", label: t("lotteries.commit"), primary: true, consequence: t("consequence.commit"),
						initial: { from: dayAhead(0), until: dayAhead(20), count: "5" },
						fields: [day("from", t("lotteries.from")), day("until", t("lotteries.until")),
							{ kind: "text", name: "count", label: t("lotteries.count"), required: true, max: 4,
								check: text => /^[1-9]\d*$/.test(text) ? null : t("lotteries.count_form") },
							departmentField(false)],
						run: v => ask.post("/lotteries", { body: { from: given(v, "from"), until: given(v, "until"),
							count: Number(given(v, "count")), department: orNull(v, "department") } }) },
				]} />
			</Docket>
		</Page>
	);
}
