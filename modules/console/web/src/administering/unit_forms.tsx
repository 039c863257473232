/*
 * A unit is added, changed, switched off and on. What each does to others, to open tasks and to
 * figures is said before the button; what is refused at a field is said there.
 */
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ask, type Schemas } from "../api/ask";
import { Problem } from "../api/client";
import { ActionForm, trimmed, type FormField, type Values } from "../parts/form";
import { useMerge } from "../parts/merging";
import { Notice } from "../parts/notice";
import { say } from "../parts/toast";
import { departmentName, departments, loadReference, nameOf } from "../state/reference";
import { unitOptions } from "./shared";
import { t, tMaybe } from "./words";

export type Unit = Schemas["DepartmentWhole"];
type Set = Schemas["DepartmentChangeForm"];

const kinds = ["district", "bureau", "street", "utility", "police"] as const;
const names = ["name", "name_en", "parent", "kind", "peer_group", "takes_tasks", "initials", "phone"] as const;

export const kindWords = (kind: string) => tMaybe(`unit_kind.${kind}`) ?? kind;

function setOf(unit: Unit): Set {
	const { name, name_en, parent, kind, peer_group, takes_tasks, initials, phone } = unit;
	return { name, name_en, parent, kind: kind as Set["kind"], peer_group, takes_tasks, initials, phone };
}

const text = (value: string | boolean | undefined) => trimmed(value) ?? "";

function setTyped(values: Values): Set {
	return { name: text(values.name), name_en: text(values.name_en) || text(values.name),
		parent: trimmed(values.parent), kind: values.kind as Set["kind"], peer_group: text(values.peer_group),
		takes_tasks: values.takes_tasks === true, initials: text(values.initials), phone: text(values.phone) };
}

/** Of the unit itself nothing may stand below: what would close a circle is not offered. */
function fieldsOf(code: string | null): FormField[] {
	const below = (one: string | null, left = 16): boolean => one !== null && left > 0
		&& (one === code || below(departments.value.find(unit => unit.code === one)?.parent ?? null, left - 1));
	const groups = [...new Set(departments.value.map(unit => unit.peer_group))];
	return [
		{ name: "name", kind: "text", label: t("units.name"), required: true, max: 100 },
		{ name: "name_en", kind: "text", label: t("units.name_en"), max: 100 },
		{ name: "parent", kind: "pick", label: t("units.parent"), placeholder: t("units.parent_hint"),
			options: unitOptions().filter(one => code === null || !below(one.value)) },
		{ name: "kind", kind: "select", label: t("units.kind"),
			options: kinds.map(value => ({ value: value as string, label: kindWords(value) })) },
		{ name: "peer_group", kind: "text", label: t("units.group"), required: true, max: 32,
			aside: t("units.group_hint", { groups: groups.slice(0, 6).join(" ") }) },
		{ name: "initials", kind: "text", label: t("units.initials"), max: 32, aside: t("units.initials_hint") },
		{ name: "phone", kind: "text", type: "tel", label: t("units.phone"), max: 32, aside: t("units.phone_hint") },
		{ name: "takes_tasks", kind: "check", label: t("units.takes") },
	];
}

/** What the server refuses, in the group's own words where it has some; a code that is taken, at its field. */
async function worded<T>(sent: Promise<T>): Promise<T> {
	try {
		return await sent;
	} catch (failure) {
		if (!(failure instanceof Problem))
			throw failure;
		const { code, detail, errors } = failure;
		const words = (of: string, or: string) => tMaybe(`units.wrong_${of}`) ?? or;
		if (code === "code_taken")
			throw new Problem(422, code, detail, [{ pointer: "#/code", code, detail: words(code, detail) }]);
		/* of a 400 the interface knows no words but those that are given */
		throw failure.status === 409 ? new Problem(400, code, words(code, detail)) : new Problem(failure.status, code, detail,
			errors.map(one => ({ ...one, detail: words(one.code, one.detail) })), failure.allowed, failure.retryAfter);
	}
}

export function AddUnit({ parent, onDone, onCancel }: {
	parent: string | null; onDone: (code: string) => void; onCancel: () => void;
}): JSX.Element {
	const made = useRef("");
	return (
		<ActionForm id="unit-add" keepAs="new" title={t("units.add")} submit={t("units.add")}
			fields={[{ name: "code", kind: "text", label: t("word.code"), required: true, max: 16,
				aside: t("units.code_hint"), check: value => /^[\w-]{1,16}$/.test(value) ? null : t("units.wrong_malformed") },
			...fieldsOf(null)]}
			initial={{ code: "", name: "", name_en: "", parent: parent ?? "", kind: "bureau",
				peer_group: "departments", takes_tasks: true, initials: "", phone: "" }}
			consequence={values => t(values.takes_tasks === true ? "units.then_add" : "units.then_add_apart",
				{ code: text(values.code) || "…" })}
			onCancel={onCancel} onDone={() => onDone(made.current)}
			onSubmit={async values => {
				const code = text(values.code);
				await worded(ask.post("/departments", { body: { code, ...setTyped(values) } }));
				made.current = code;
				await loadReference();
				say(t("units.added", { name: text(values.name) }));
			}} />
	);
}

/** What the change does, beside that it holds at once. */
function consequences(unit: Unit, next: Set): ComponentChildren {
	const open = unit.uses.open_tasks;
	const said = [
		unit.name !== next.name || unit.name_en !== next.name_en ? t("units.then_name") : null,
		unit.parent !== next.parent ? t("units.then_parent", { n: open,
			parent: next.parent ? departmentName(next.parent) : t("units.root") }) : null,
		unit.kind !== next.kind && (unit.kind === "street" || next.kind === "street") ? t("units.then_street") : null,
		unit.peer_group !== next.peer_group ? t("units.then_group") : null,
		unit.takes_tasks && !next.takes_tasks ? t("units.then_takes_none", { n: open }) : null,
	].filter(Boolean);
	return said.length > 0 ? said.join(" ") : t("units.then_change");
}

interface ActProps { unit: Unit; etag: string | null; onDone: () => void; onCancel: () => void }

export function ChangeUnit({ unit, etag, onDone, onCancel }: ActProps): JSX.Element {
	const path = { code: unit.code };
	const fields = fieldsOf(unit.code);
	/* what the form began with stays the base, whatever is read meanwhile */
	const [begun] = useState({ set: setOf(unit), etag });
	const merge = useMerge<Set>(unit.code, names.map(name => ({ name, label: fields.find(one => one.name === name)?.label ?? name })),
		async () => {
			const fresh = await ask.get("/departments/{code}", { path });
			return { value: setOf(fresh.body), etag: fresh.etag };
		}, (field, value) => field === "parent" && value ? departmentName(String(value)) : field === "kind" ? kindWords(String(value))
			: field === "takes_tasks" ? t(value ? "word.yes" : "word.no") : String(value || "—"));
	return (
		<ActionForm id="unit-change" keepAs={unit.code} title={t("units.change")} fields={fields} submit={t("word.save")}
			initial={{ ...begun.set, parent: begun.set.parent ?? "", initials: begun.set.initials ?? "", phone: begun.set.phone ?? "" }}
			consequence={values => consequences(unit, setTyped(values))} onCancel={onCancel} onStale={merge.onStale}
			onDone={() => { merge.forget(); onDone(); }}
			onSubmit={async values => {
				await worded(ask.put("/departments/{code}", { path, etag: merge.etag ?? begun.etag,
					body: merge.result(begun.set, setTyped(values)) }));
				await loadReference();
				say(t("units.changed", { name: text(values.name) }));
			}}>
			{values => merge.view(begun.set, setTyped(values))}
		</ActionForm>
	);
}

const blocking = ["open_tasks", "below", "catalogue_rows", "areas", "accounts", "keys", "webhooks"] as const;

/** What must be gone before the unit can be switched off, in words. */
export const blockers = (unit: Unit): string[] => blocking.filter(name => unit.uses[name] > 0)
	.map(name => t(`units.use_${name}`, { n: unit.uses[name] }));

export function SwitchUnit({ unit, etag, onDone, onCancel }: ActProps): JSX.Element {
	const act = unit.disabled ? "enable" : "disable";
	const still = blockers(unit);
	const above = unit.disabled && departments.value.find(one => one.code === unit.parent)?.disabled;
	return (
		<ActionForm id="unit-switch" keepAs={unit.code} title={t(`units.act_${act}`)} submit={t(`units.act_${act}`)}
			fields={[{ name: "reason", kind: "text", label: t("word.reason"), max: 200 }]} initial={{ reason: "" }}
			kind={unit.disabled ? "primary" : "danger"} onCancel={onCancel} onDone={onDone}
			consequence={() => [act === "disable" && still.length > 0 ? t("units.then_blocked")
				: t(`units.then_${act}`, { name: nameOf(unit) }),
			act === "disable" && unit.uses.settled_tasks > 0 && t("units.then_settled", { n: unit.uses.settled_tasks })]
				.filter(Boolean).join(" ")}
			onSubmit={async values => {
				await worded(ask.post(unit.disabled ? "/departments/{code}/enable" : "/departments/{code}/disable",
					{ path: { code: unit.code }, etag, body: { reason: trimmed(values.reason) } }));
				await loadReference();
				say(t(`units.did_${act}`, { name: nameOf(unit) }));
			}}>
			{!unit.disabled && still.length > 0 && <Notice tone="warn"><div><strong>{t("units.blocked")}</strong>
				<ul>{still.map(one => <li key={one}>{one}</li>)}</ul></div></Notice>}
			{above && <Notice tone="warn">{t("units.above_off")}</Notice>}
		</ActionForm>
	);
}
