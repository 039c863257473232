/*
 * A new version of a table: pasted, edited or read from a file, tried first. What it changes and
 * what it moves is said in words and row by row before it can be added; adding needs its source,
 * and where open tasks move, their number typed in.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../lib/act";
import { useShortcuts } from "../lib/keys";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Field, TextField } from "../parts/field";
import { ActionForm } from "../parts/form";
import { Notice, ProblemNotice } from "../parts/notice";
import { Card } from "../parts/page";
import { Table } from "../parts/table";
import { say } from "../parts/toast";
import { language } from "../state/prefs";
import { departmentName } from "../state/reference";
import { tableOf } from "./spreadsheet";
import { add, movedBy, preview, type Document, type Kind, type Moved, type Preview } from "./table_kinds";
import { t } from "./words";

/** How many, by how much at most, and between which days: the table of them in a sentence. */
function inWords(moved: readonly Moved[], count: number): string {
	const later = moved.map(one => one.days_later);
	const dues = moved.map(one => one.new_due).sort();
	const departments = new Set(moved.map(one => one.department)).size;
	return t("change.moves", { n: count, departments, days: Math.max(...later),
		from: dateTime(dues[0]).slice(0, 10), to: dateTime(dues[dues.length - 1]).slice(0, 10) });
}

function Said({ said }: { said: Preview }): JSX.Element {
	const moved = movedBy(said);
	const count = "task_count" in said ? said.task_count : moved.length;
	const { rows, problems } = said;
	return (
		<div class="said" aria-live="polite">
			{problems.length > 0 && <Notice tone="bad"><div>
				<strong>{t("change.problems", { n: problems.length })}</strong>
				<ul>{problems.map(one => <li key={`${one.line} ${one.text}`}>
					{t("change.line", { n: one.line })} {one.text}</li>)}</ul></div></Notice>}
			<Notice tone={count > 0 ? "warn" : "plain"}><div>
				<strong>{t("change.rows", { added: rows.added, removed: rows.removed, changed: rows.changed })}</strong>
				<p class="change-moves">{count > 0 ? inWords(moved, count) : t("change.moves_nothing")}</p>
				{"note" in said && <p>{language.value === "en" ? said.note_en : said.note}</p>}
			</div></Notice>
			{count > 0 && <Table caption={t("change.tasks", { n: count })} shownCaption rows={moved}
				rowKey={row => row.task} to={row => href(["deadlines", row.task])} columns={[
					{ key: "task", head: t("change.task"), cell: row => row.task },
					{ key: "department", head: t("appeal.department"), cell: row => departmentName(row.department) },
					{ key: "due", head: t("change.due"), cell: row => dateTime(row.due), by: row => row.due },
					{ key: "new", head: t("change.new_due"), cell: row => <b>{dateTime(row.new_due)}</b>,
						by: row => row.new_due },
					{ key: "days", head: t("change.days_later"), number: true, cell: row => `+${row.days_later}`,
						by: row => row.days_later },
					{ key: "sign", head: t("limit.sign"), cell: row => row.new_sign_due ? dateTime(row.new_sign_due) : "" },
					{ key: "contact", head: t("limit.contact"),
						cell: row => row.new_contact_due ? dateTime(row.new_contact_due) : "" },
				]} />}
			{rows.items.length > 0 && <Table caption={t("change.lines")} shownCaption rows={rows.items}
				rowKey={row => `${row.line_before} ${row.line_after}`} columns={[
					{ key: "change", head: t("change.change"), cell: row => t(`change.${row.change}`) },
					{ key: "before", head: t("change.before"), cell: row => row.line_before, class: "cells" },
					{ key: "after", head: t("change.after"), cell: row => row.line_after, class: "cells" },
				]} />}
		</div>
	);
}

export function TableChange({ kind, document, onAdded, onCancel }: {
	kind: Kind;
	document: Document;
	onAdded: () => void;
	onCancel: () => void;
}): JSX.Element {
	const [text, setText] = useState(document.text);
	/* a preview is of one text: another text has none */
	const [tried, setTried] = useState<{ text: string; said: Preview } | null>(null);
	const act = useAct();
	const units = kind === "departments";
	const said = tried?.text === text ? tried.said : null;
	const count = said === null ? 0 : "task_count" in said ? said.task_count : 0;
	const changes = said ? said.rows.added + said.rows.removed + said.rows.changed : 0;
	const submit = t(units ? "change.take" : "change.add");
	const attempt = () => void act.run(async () => setTried({ text, said: await preview(kind, text) }));

	async function choose(input: HTMLInputElement) {
		const file = input.files?.[0];
		if (file)
			setText(await tableOf(file));
	}
	useShortcuts([{ keys: "Alt+v", label: t("change.preview"), run: attempt }]);
	return (
		<Card id="change" title={units ? t("change.units") : t("change.title", { version: document.version + 1 })}
			aside={<Button onClick={onCancel}>{t("action.back")}</Button>}>
			<div class="padded table-change">
				<Field id="change-file" label={t("change.file")}>{tied => (
					<input {...tied} type="file" accept=".tsv,.txt,.csv,text/tab-separated-values,text/plain,text/csv"
						onChange={event => void choose(event.currentTarget)} />)}</Field>
				<TextField id="change-text" label={t("change.text")} rows={14} class="cells" value={text}
					aside={t("change.text_hint")} onInput={setText} />
				<div class="form-foot">
					<span class="consequence">{t("change.preview_leads")}</span>
					<Button kind={said ? "plain" : "primary"} keys="Alt+v" busy={act.busy} onClick={attempt}>
						{t("change.preview")}</Button>
				</div>
				{act.failure !== null && <ProblemNotice error={act.failure} />}
			</div>
			{said && <Said said={said} />}
			{said && said.problems.length === 0 && changes > 0 && (
				<ActionForm key={text} id="add" title={submit} keepAs={kind} submit={submit}
					fields={[{ kind: "text", name: "source", label: t("change.source"), required: true, max: 500,
						placeholder: t("change.source_hint") }]} initial={{ source: "" }}
					{...count > 0 ? { confirm: String(count), kind: "danger" as const } : {}}
					consequence={() => count > 0 ? t("change.add_moves", { n: count }) : t(units ? "change.take_leads" : "change.add_leads")}
					onSubmit={values => add(kind, text, String(values.source).trim(), document.version)}
					onDone={() => { say(units ? t("change.taken", { n: changes }) : t("change.done", { version: document.version + 1 })); onAdded(); }} />)}
		</Card>
	);
}
