/* The department's items in the ledger of supervision: demands and letters, answered by progress and proof. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, fileAddress, read } from "../../api/ask";
import { t } from "./words";
import { useShortcuts } from "../../lib/keys";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { DueBadge } from "../../parts/due";
import { ActionForm } from "../../parts/form";
import { Asked, Card, Listed, Tabs } from "../../parts/page";
import { Table } from "../../parts/table";
import { Facts } from "../../parts/task_text";
import { say } from "../../parts/toast";

type Act = "progress" | "proof";
const keysOf = { progress: "p", proof: "e" } as const;

function Answer({ act, id, etag, onClose, onDone, onStale }: {
	act: Act;
	id: string;
	etag: string | null;
	onClose: () => void;
	onDone: () => void;
	onStale: () => void;
}): JSX.Element {
	const name = t(`supervised.${act}`);
	const path = { id };
	return (
		<ActionForm id={`supervised-${act}`} title={name} keepAs={id} submit={name} initial={{}}
			consequence={() => t(`supervised.${act}_consequence`)} onCancel={onClose} onDone={onDone} onStale={onStale}
			fields={[{ name: "text", kind: "lines", rows: 4, label: t(`supervised.${act}_text`), required: true, max: 2000 }]}
			onSubmit={values => {
				const body = { text: String(values.text).trim() };
				return act === "progress" ? ask.post("/supervised/{id}/progress", { path, body, etag })
					: ask.post("/supervised/{id}/proof", { path, body, etag });
			}} />
	);
}

function Item({ id, onChanged }: { id: string; onChanged: () => void }): JSX.Element {
	const loaded = useLoaded(() => ask.get("/supervised/{id}", { path: { id } }), id);
	const [act, setAct] = useState<Act | null>(null);
	const open = loaded.value?.body.state === "open" && act === null;
	useShortcuts((["progress", "proof"] as const).map(one => ({
		keys: keysOf[one], label: t(`supervised.${one}`), run: () => setAct(one), enabled: open })));
	return (
		<Card id="item" title={id} aside={<a href={fileAddress("/supervised/{id}/notice.pdf", { id })} download>
			{t("supervised.paper")}</a>}>
			<Asked loaded={loaded}>{({ body: item, etag }) => <>
				<div class="padded">
					<p class="citizen-text">{item.demand}</p>
					<Facts facts={[
						[t("supervised.kind"), t(`supervised.kind_${item.kind}`)],
						[t("supervised.source"), t(`supervised.source_${item.source}`)],
						[t("supervised.owner"), item.owner],
						[t("objections.task"), item.task && <a href={href(["inbox", item.task])} class="number">{item.task}</a>],
						[t("supervised.due"), <>{dateTime(item.due)} {item.state === "open"
							&& <DueBadge due={item.due} start={item.made_at} />}</>],
						[t("accountability.state"), t(`supervised_state.${item.state}`)],
					]} />
					<ol class="acts">{item.acts.map(one => (
						<li key={one.n}><span class="number">{dateTime(one.at)}</span>{" "}
							<strong>{t(`supervised_act.${one.kind}`)}</strong> {one.by} {one.text}</li>
					))}</ol>
				</div>
				{act !== null ? <Answer act={act} id={id} etag={etag} onClose={() => setAct(null)}
					onStale={() => void loaded.reload()}
					onDone={() => { say(t("inbox.step_done", { step: t(`supervised.${act}`) })); setAct(null);
						void loaded.reload(); onChanged(); }} />
					: item.state === "open" && <div class="card-foot actions">
						<Button keys="p" onClick={() => setAct("progress")}>{t("supervised.progress")}</Button>
						<Button kind="primary" keys="e" onClick={() => setAct("proof")}>{t("supervised.proof")}</Button>
						<span class="consequence">{t("supervised.proof_consequence")}</span></div>}
			</>}</Asked>
		</Card>
	);
}

const states = ["open", "proved", "signed_off"] as const;

export function Supervised({ unit, item, onOpen }: {
	unit: string;
	item: string | null;
	onOpen: (id: string) => void;
}): JSX.Element {
	const [state, setState] = useState<typeof states[number]>("open");
	const list = usePaged(cursor => read("/supervised", { query: { department: unit, state, limit: 100,
		...cursor === null ? {} : { cursor } } }), `supervised ${state}`);
	return (
		<>
			<Card id="supervised" title={t("figures.view_supervised")}>
				<Tabs label={t("accountability.state")} chosen={state} onChoose={setState}
					tabs={states.map(key => ({ key, label: t(`supervised_state.${key}`) }))} />
				<Listed list={list} empty={t("supervised.none")} emptyNext={t("supervised.none_next")}>{items =>
					<Table caption={t("figures.view_supervised")} rows={items} rowKey={one => one.id} current={item}
						onOpen={one => onOpen(one.id)} columns={[
							{ key: "id", head: t("appeal.id"), cell: one => <span class="number">{one.id}</span> },
							{ key: "kind", head: t("supervised.kind"), cell: one => t(`supervised.kind_${one.kind}`) },
							{ key: "demand", head: t("supervised.demand"), cell: one => one.demand },
							{ key: "owner", head: t("supervised.owner"), cell: one => one.owner ?? "—" },
							{ key: "due", head: t("supervised.due"), by: one => one.due, cell: one => one.state === "open"
								? <DueBadge due={one.due} start={one.made_at} /> : dateTime(one.due) },
							{ key: "urges", head: t("supervised.urges"), number: true, cell: one => one.urges },
						]} />}</Listed>
			</Card>
			{item !== null && <Item key={item} id={item} onChanged={() => void list.reload()} />}
		</>
	);
}
