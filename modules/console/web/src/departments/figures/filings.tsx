/* What the department filed about enterprises: inspections, fines, fees; a new version states it anew. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read, type BodyFor, type Schemas } from "../../api/ask";
import { t } from "./words";
import { useShortcuts } from "../../lib/keys";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { ActionForm, type FormField, type Values } from "../../parts/form";
import { Asked, Card, Listed } from "../../parts/page";
import { Table, type Column } from "../../parts/table";
import { say } from "../../parts/toast";

type Filing = Schemas["Filing"];
const kinds = ["inspection", "fine", "fee"] as const;
const exceptions = ["ordered", "safety", "emergency", "complaint", "legal_deadline"] as const;
const text = (values: Values, name: string) => String(values[name] ?? "").trim();
const money = (values: Values) => values.kind !== "inspection";

function fields(made: boolean): FormField[] {
	return [
		...made ? [] : [{ name: "uscc", kind: "text", label: t("enterprise.uscc"), required: true, max: 18 } as const],
		{ name: "kind", kind: "choice", label: t("filings.kind"), required: true,
			options: kinds.map(value => ({ value, label: t(`filings.${value}`) })) },
		{ name: "basis", kind: "text", label: t("filings.basis"), required: true, max: 500 },
		{ name: "amount", kind: "text", label: t("filings.amount"), required: true, when: money,
			check: value => /^\d{1,10}(\.\d{1,2})?$/.test(value) ? null : t("filings.bad_amount") },
		{ name: "first_day", kind: "date", label: t("filings.first_day"), required: true },
		{ name: "last_day", kind: "date", label: t("filings.last_day"), required: true },
		{ name: "exception", kind: "select", label: t("filings.exception"), options: [{ value: "", label: t("filings.no_exception") },
			...exceptions.map(value => ({ value, label: t(`filings.exception_${value}`) }))] },
		{ name: "ticket", kind: "text", label: t("filings.ticket"), max: 20, when: values => values.exception === "complaint" },
		...made ? [{ name: "revoked", kind: "check", label: t("filings.revoke") } as const] : [],
	];
}

function bodyOf(values: Values) {
	return {
		kind: text(values, "kind"), basis: text(values, "basis"),
		amount: money(values) ? Number(text(values, "amount")) : null,
		first_day: text(values, "first_day"), last_day: text(values, "last_day"),
		exception: text(values, "exception") || null, ticket: text(values, "ticket") || null,
	} as Omit<BodyFor<"post", "/filings">, "uscc">;
}

function initialOf(filing: Filing | null): Values {
	return filing === null ? { kind: "inspection" } : { kind: filing.kind, basis: filing.basis,
		amount: filing.amount === null ? "" : String(filing.amount), first_day: filing.first_day,
		last_day: filing.last_day, exception: filing.exception ?? "", ticket: filing.ticket ?? "",
		revoked: filing.revoked };
}

const columns = (): Column<Filing>[] => [
	{ key: "id", head: t("appeal.id"), cell: one => <span class="number">{one.id}</span> },
	{ key: "version", head: t("filings.version"), number: true, cell: one => one.version },
	{ key: "uscc", head: t("enterprise.uscc"), cell: one => <span class="number">{one.uscc}</span> },
	{ key: "kind", head: t("filings.kind"), cell: one => t(`filings.${one.kind}`) },
	{ key: "basis", head: t("filings.basis"), cell: one => one.basis },
	{ key: "amount", head: t("filings.amount"), number: true, cell: one => one.amount ?? "—" },
	{ key: "days", head: t("filings.days"), cell: one => `${one.first_day} – ${one.last_day}` },
	{ key: "exception", head: t("filings.exception"), cell: one => one.exception ? t(`filings.exception_${one.exception}`) : "—" },
	{ key: "marks", head: t("filings.filed"), cell: one => <>{dateTime(one.filed_at)}{" "}
		{one.late && <span class="tag tag-amber">{t("filings.late")}</span>}{" "}
		{one.revoked && <span class="tag tag-red">{t("filings.revoked")}</span>}</> },
];

function Edit({ filing, onClose, onDone }: { filing: Filing | null; onClose: () => void; onDone: () => void }) {
	const versions = useLoaded(async () => filing === null ? [] : (await read("/filings/{id}",
		{ path: { id: String(filing.id) } })).versions, String(filing?.id ?? ""));
	const title = filing === null ? t("filings.add") : t("filings.change", { id: filing.id });
	return (
		<Dialog id="filing" kind="drawer" title={title} onClose={onClose}>
			<div class="card-scroll">
				<ActionForm id="filing" title={title} keepAs={String(filing?.id ?? "new")} submit={t("filings.submit")}
					fields={fields(filing !== null)} initial={initialOf(filing)} onCancel={onClose} onDone={onDone}
					consequence={() => t(filing === null ? "filings.consequence" : "filings.change_consequence",
						{ n: (filing?.version ?? 0) + 1 })}
					onSubmit={values => filing === null
						? ask.post("/filings", { body: { uscc: text(values, "uscc"), ...bodyOf(values) } })
						: ask.post("/filings/{id}/revise", { path: { id: String(filing.id) }, etag: `"f-${filing.version}"`,
							body: { ...bodyOf(values), revoked: values.revoked === true } })} />
				{filing !== null && <Asked loaded={versions}>{rows => <Table caption={t("filings.versions")} shownCaption
					rows={rows} rowKey={one => String(one.version)} columns={columns().slice(1)} />}</Asked>}
			</div>
		</Dialog>
	);
}

export function Filings(): JSX.Element {
	const [open, setOpen] = useState<Filing | "new" | null>(null);
	const list = usePaged(cursor => read("/filings", { query: { limit: 100,
		...cursor === null ? {} : { cursor } } }), "filings");
	useShortcuts([{ keys: "n", label: t("filings.add"), run: () => setOpen("new"), enabled: open === null }]);
	return (
		<Card id="filings" title={t("figures.view_filings")} aside={<Button kind="primary" keys="n"
			onClick={() => setOpen("new")}>{t("filings.add")}</Button>}>
			<Listed list={list} empty={t("filings.none")} emptyNext={t("filings.none_next")}>{items =>
				<Table caption={t("figures.view_filings")} rows={items} rowKey={one => String(one.id)}
					onOpen={setOpen} columns={columns()} />}</Listed>
			{open !== null && <Edit filing={open === "new" ? null : open} onClose={() => setOpen(null)}
				onDone={() => { setOpen(null); say(t("filings.done")); void list.reload(); }} />}
		</Card>
	);
}
