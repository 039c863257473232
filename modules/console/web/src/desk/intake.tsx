/* The form: content first and biggest, then what decides where it goes, keyboard all the way. */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Channel, ContentClass } from "../api/types";
import { enterMovesOn } from "../lib/focus";
import { useShortcuts } from "../lib/keys";
import { areaOption, categoryOption, unitOption } from "../parts/options";
import { fieldErrors } from "../lib/problem_text";
import { clockTime } from "../lib/time";
import { Button } from "../parts/button";
import { Combo, type ComboOption } from "../parts/combo";
import { Select, TextField } from "../parts/field";
import { Summary } from "../parts/summary";
import { Icon } from "../parts/icons";
import { Merge } from "../parts/merge";
import { Notice, ProblemNotice } from "../parts/notice";
import { Segmented } from "../parts/segmented";
import { language } from "../state/prefs";
import { areaName, catalogue, categoryPath, departmentName, departments } from "../state/reference";
import { assist, offered, type Suggestion } from "./assist";
import { idSlip, phoneSlip } from "./checks";
import { online } from "./connection";
import { changeDraft, derivedTitle, draft, draftClash, draftRestored, draftSavedAt, endClash, isBegun,
	mergedFields, saveDraft, type Draft } from "./draft";
import { DuplicateStrip } from "./duplicates";
import { ExpectedPanel } from "./expected";
import { recentCodes, rememberCode } from "../lib/recent";
import { noteBegin, queue, replaceDraft, revise, submission, submitDraft } from "./submission";
import { t, tMaybe } from "./words";

const contentClasses: readonly ContentClass[] = ["help", "complaint", "consultation", "report",
	"suggestion", "praise"];
/** What the desk may answer by itself. */
const answerable: readonly ContentClass[] = ["consultation", "suggestion", "praise"];
const channels: readonly Channel[] = ["12345", "110", "enterprise", "window", "web", "app", "letter",
	"leader"];
const textLimit = 10_000;

/** The control that shows the error of each field of the interface, in the order on the screen. */
const controlOf: Record<string, string> = {
	"caller/name": "caller-name", "caller/phone": "caller-phone", call: "caller-phone",
	channel: "appeal-channel", "enterprise/name": "enterprise-name", "enterprise/uscc": "enterprise-code",
	text: "appeal-text", category: "appeal-category", area: "appeal-area", address: "appeal-address",
	answer: "appeal-answer", title: "appeal-title", external_no: "appeal-external-no",
	"accused/department": "appeal-accused", "caller/id_number": "caller-id-number",
	"caller/address": "caller-address",
};

function useOptions(): { categories: ComboOption[]; areas: ComboOption[]; units: ComboOption[] } {
	const table = catalogue.value;
	const all = departments.value;
	const speech = language.value;
	const routed = useMemo(() => new Set((table?.rows ?? []).map(row => row.category)), [table]);
	return useMemo(() => ({
		/* a department may take all of a branch, which is then chosen as it is */
		categories: (table?.categories ?? []).filter(c => c.leaf || routed.has(c.code)).map(categoryOption),
		areas: (table?.areas ?? []).map(areaOption),
		units: all.map(unitOption),
	}), [table, all, speech]);
}

function why(one: Suggestion): string {
	const { alike } = one;
	return [one.words.length > 0 && t("register.suggestion_why", { words: one.words.map(word => `“${word}”`).join("") }),
		alike.count > 0 && t("desk.suggestion_alike", { place: alike.place ? areaName(alike.place) || alike.place : t("desk.everywhere"),
			days: alike.days, n: alike.count, m: alike.handled_there })].filter(Boolean).join("；");
}

export function take(code: string | null) {
	changeDraft({ category: code, ruleAccepted: false });
	if (code !== null)
		rememberCode("categories", code);
}

function accept(one: Suggestion) {
	take(one.category);
	changeDraft({ rule: one.rule, ruleAccepted: true });
}

function SuggestionLine(): JSX.Element {
	const one = offered.value;
	/* the last one shown is told of with the registration, taken or not */
	useEffect(() => {
		if (one && !draft.value.ruleAccepted && draft.value.rule !== one.rule)
			changeDraft({ rule: one.rule });
	}, [one?.rule]);
	useShortcuts([{
		keys: "Alt+a", label: t("register.accept_suggestion"), enabled: one !== null,
		run: () => { if (one) { accept(one); if (draft.value.area === null) document.getElementById("appeal-area")?.focus(); } },
	}]);
	return (
		<div class="suggestion-place" role="status">
			{one && (
				<div class="suggestion">
					<Icon name="spark" />
					<span class="suggestion-text">
						<span>{t("register.suggestion")} <strong>{categoryPath(one.category)}</strong>
							{one.department && <> → <strong>{departmentName(one.department)}</strong></>}</span>
						<small>{why(one)}</small>
						{assist.value.suggestions.length > 1 && <small>{t("desk.or")}{" "}
							{assist.value.suggestions.slice(1).map(other => (
								<button key={other.rule} type="button" class="link" onClick={() => accept(other)}>
									{categoryPath(other.category)}</button>))}</small>}
					</span>
					<Button keys="Alt+a" onClick={() => accept(one)}>{t("action.accept")}</Button>
				</div>
			)}
		</div>
	);
}

/** A field's value as the form shows it. */
function wordsOf(field: keyof Draft, value: unknown): string {
	const text = String(value ?? "") || "—";
	return typeof value === "boolean" ? value ? "✓" : "✗" : value === null ? text
		: field === "category" ? categoryPath(text) : field === "area" ? areaName(text) : field === "accused" ? departmentName(text)
			: field === "contentClass" ? tMaybe(`desk.kind_${text}`) ?? text : field === "channel" ? tMaybe(`channel.${text}`) ?? text : text;
}

/** A draft that came back, or was typed on elsewhere; appeals that wait, or were refused. */
export function Standing(): JSX.Element {
	const restored = draftRestored.value;
	const clash = draftClash.value;
	const [chosen, setChosen] = useState<Partial<Record<keyof Draft, "mine" | "theirs">>>({});
	const waiting = queue.value.filter(entry => entry.failure === null).length;
	return (
		<div class="standing">
			{(!online.value || waiting > 0) && (
				<div class="notice notice-warn offline" role="status">
					<span>{online.value ? t("desk.sending") : t("desk.offline")}{" "}
						<b class="number" data-waiting={waiting}>{t("desk.waiting", { n: waiting })}</b></span>
				</div>
			)}
			{queue.value.filter(entry => entry.failure !== null).map(entry => (
				<Notice tone="bad" key={entry.draft.idempotencyKey}>
					<span>{t("desk.refused", { title: entry.draft.title || derivedTitle(entry.draft.text) })}{" "}
						{tMaybe(`problem.${entry.failure?.code}`)} <code class="code">{entry.failure?.code}</code></span>
					<Button disabled={isBegun(draft.value)} onClick={() => revise(entry)}>{t("desk.revise")}</Button>
					{isBegun(draft.value) && <small>{t("desk.revise_later")}</small>}
				</Notice>
			))}
			{restored !== null && (
				<div class="notice restored" role="status">
					<span>{t("register.restored", { at: clockTime(restored).slice(0, 5) })}</span>
					<Button onClick={() => { draftRestored.value = null; }}>{t("desk.go_on")}</Button>
					<Button class="start-afresh" onClick={() => replaceDraft(null)}>{t("desk.afresh")}</Button>
				</div>
			)}
			{clash && (
				<div class="clash">
					<Merge<Draft> fields={mergedFields.map(name => ({ name, label: t(`draft_field.${name}`) }))}
						base={clash.base} mine={draft.value} theirs={clash.theirs} chosen={chosen}
						words={wordsOf} onChoose={(field, whose) => setChosen({ ...chosen, [field]: whose })} />
					<Button kind="primary" onClick={() => { endClash(chosen); setChosen({}); }}>{t("desk.take_result")}</Button>
				</div>
			)}
		</div>
	);
}

function missing(answering: boolean): [string, string][] {
	const { text, category, area, answer } = draft.value;
	const found: [string, string][] = [];
	if (!text.trim())
		found.push(["text", t("form.needed", { field: t("appeal.text") })]);
	if (!category)
		found.push(["category", t("form.needed", { field: t("appeal.category") })]);
	if (!area)
		found.push(["area", t("form.needed", { field: t("appeal.area") })]);
	if (answering && !answer.trim())
		found.push(["answer", t("form.needed", { field: t("desk.answer") })]);
	return found;
}

function SavedLine(): JSX.Element {
	const { here, server } = draftSavedAt.value;
	const at = Math.max(here ?? 0, server ?? 0);
	return (
		<span class="saved" role="status">
			{at > 0 && <><Icon name="check" size={15} />
				{t(server !== null && server >= (here ?? 0) - 12_000 ? "register.saved" : "desk.saved_here", { at: clockTime(at) })}</>}
		</span>
	);
}

interface IntakeProps {
	knownName: string | null;
	/** Masked, of the call the draft is about. */
	callNumber: string | null;
	answering: boolean;
	onAnswering: (open: boolean) => void;
	onPhone: (phone: string) => void;
}

export function Intake({ knownName, callNumber, answering, onAnswering, onPhone }: IntakeProps): JSX.Element {
	const one = draft.value;
	const content = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
	const { categories, areas, units } = useOptions();
	const [own, setOwn] = useState<readonly [string, string][]>([]);
	const [slips, setSlips] = useState<Record<string, string | null>>({});
	const state = submission.value;
	const told = state.step === "editing" ? fieldErrors(state.failure) : new Map<string, string>();
	/* what was missing and has been filled in is wrong no longer */
	const lacking = new Map(own.length > 0 ? missing(own.some(([field]) => field === "answer")) : []);
	const errors = new Map([...told, ...own.filter(([field]) => lacking.has(field))]);
	const set = (name: keyof Draft) => (value: string | boolean | null) => changeDraft({ [name]: value });
	const mayAnswer = answerable.includes(one.contentClass);

	useEffect(() => { content.current?.focus(); }, [one.idempotencyKey]);
	useEffect(() => { setOwn([]); setSlips({}); }, [one.idempotencyKey]);

	function send(kind: "register" | "answer") {
		const found = missing(kind === "answer");
		setOwn(found);
		if (found.length === 0)
			void submitDraft(kind === "answer" ? { kind: "answer" } : null);
	}
	function answer() {
		if (!mayAnswer)
			return;
		if (answering && one.answer.trim()) {
			send("answer");
			return;
		}
		onAnswering(true);
		setTimeout(() => document.getElementById("appeal-answer")?.focus());
	}
	useShortcuts([
		{ keys: "Ctrl+Enter", label: t("register.submit"), run: () => send("register") },
		{ keys: "Ctrl+d", label: t("desk.answer_close"), run: answer },
		{ keys: "Ctrl+s", label: t("desk.save_draft"), run: () => void saveDraft() },
		{ keys: "n", label: t("desk.to_form"), run: () => content.current?.focus() },
	]);
	const slip = (name: string, check: (text: string) => string | null, value: string) =>
		setSlips(old => ({ ...old, [name]: check(value) }));
	const listed = [...errors].map(([field, words]): [string, string] => [controlOf[field] ?? "appeal-text", words]);

	return (
		<form class="intake-form" autocomplete="off" aria-label={t("register.form")} onKeyDown={enterMovesOn}
			onSubmit={event => event.preventDefault()}>
			<DuplicateStrip />
			<Standing />
			{listed.length > 0 && <Summary prefix="" wrong={listed} tried={own.length > 0 ? own : state} />}
			{state.step === "editing" && state.failure !== null && told.size === 0
				&& <ProblemNotice error={state.failure} />}
			<fieldset class="intake-body card-scroll" disabled={state.step === "sending"}>
				<TextField id="caller-name" class="w4" label={t("caller.name")} value={one.callerName} maxLength={100}
					placeholder={knownName ?? ""} error={errors.get("caller/name")} onInput={set("callerName")} />
				<div class="w4" onFocusOut={() => { slip("phone", phoneSlip, one.callerPhone); onPhone(one.callerPhone); }}>
					<TextField id="caller-phone" label={t("caller.phone")} value={one.callerPhone} type="tel" maxLength={30}
						placeholder={one.call ? callNumber ?? t("desk.from_call") : ""}
						error={errors.get("caller/phone") ?? slips.phone ?? undefined} onInput={set("callerPhone")} />
				</div>
				<Select id="appeal-channel" class="w4" label={t("appeal.channel")} value={one.channel}
					options={channels.map(value => ({ value, label: t(`channel.${value}`) }))} onChange={set("channel")} />
				{one.channel === "enterprise" && <>
					<TextField id="enterprise-name" class="w8" label={t("enterprise.name")} value={one.enterpriseName}
						maxLength={200} error={errors.get("enterprise/name")} onInput={set("enterpriseName")} />
					<TextField id="enterprise-code" class="w4" label={t("enterprise.uscc")} value={one.enterpriseCode}
						maxLength={18} error={errors.get("enterprise/uscc")} onInput={set("enterpriseCode")} /></>}
				<TextField id="appeal-text" label={t("appeal.text")} value={one.text} rows={5}
					class="w12 content-field" maxLength={textLimit} inputRef={content} required
					aside={<span class="number">{Array.from(one.text).length} / {textLimit}</span>}
					error={errors.get("text")} onInput={value => { noteBegin(); changeDraft({ text: value }); }} />
				<SuggestionLine />
				<Combo id="appeal-category" class="w5" label={t("appeal.category")} value={one.category} options={categories}
					recent={recentCodes("categories")} placeholder={t("register.category_hint")}
					error={errors.get("category")} onChange={take} />
				<Combo id="appeal-area" class="w3" label={t("appeal.area")} value={one.area} options={areas}
					recent={recentCodes("areas")} placeholder={t("register.area_hint")} error={errors.get("area")}
					onChange={code => { changeDraft({ area: code }); if (code !== null) rememberCode("areas", code); }} />
				<TextField id="appeal-address" class="w4" label={t("appeal.address")} value={one.address} maxLength={200}
					error={errors.get("address")} onInput={set("address")} />
				<Segmented id="appeal-class" class="w8" legend={t("appeal.content_class")} value={one.contentClass}
					options={contentClasses.map(value => ({ value, label: t(`desk.kind_${value}`) }))}
					onChange={value => changeDraft({ contentClass: value })} />
				<Segmented id="appeal-urgent" class="w4" legend={t("appeal.urgency")} value={one.urgent ? "urgent" : "normal"}
					options={[{ value: "normal", label: t("appeal.normal") }, { value: "urgent", label: t("appeal.urgent") }]}
					onChange={value => changeDraft({ urgent: value === "urgent" })} />
				<div class="w12"><ExpectedPanel /></div>
				{answering && (
					<TextField id="appeal-answer" class="w12" label={t("desk.answer")} value={one.answer} rows={3} maxLength={2000}
						aside={t("desk.answer_hint")} error={errors.get("answer")} onInput={set("answer")} />
				)}
				<TextField id="appeal-title" class="w8" label={t("appeal.title")} value={one.title} maxLength={200}
					placeholder={derivedTitle(one.text) || t("register.title_hint")}
					error={errors.get("title")} onInput={set("title")} />
				<TextField id="appeal-external-no" class="w4" label={t("appeal.external_no")} value={one.externalNo}
					maxLength={64} error={errors.get("external_no")} onInput={set("externalNo")} />
				<Combo id="appeal-accused" class="w4" label={t("appeal.accused")} value={one.accused} options={units}
					placeholder={t("register.accused_hint")} error={errors.get("accused/department")}
					onChange={code => changeDraft({ accused: code })} />
				<div class="w4" onFocusOut={() => slip("id", idSlip, one.callerIdNumber)}>
					<TextField id="caller-id-number" label={t("caller.id_number")} value={one.callerIdNumber} maxLength={32}
						error={errors.get("caller/id_number") ?? slips.id ?? undefined} onInput={set("callerIdNumber")} />
				</div>
				<TextField id="caller-address" class="w4" label={t("caller.address")} value={one.callerAddress}
					maxLength={200} error={errors.get("caller/address")} onInput={set("callerAddress")} />
			</fieldset>
			<div class="card-foot actions">
				<SavedLine />
				<Button kind="quiet" onClick={() => replaceDraft(null)}>{t("register.clear")}</Button>
				<Button keys="Ctrl+d" disabled={!mayAnswer} label={mayAnswer ? t("desk.answer_close") : t("desk.not_answerable")}
					onClick={answer}>{t("desk.answer_close")}</Button>
				<Button kind="primary" keys="Ctrl+Enter" class="submit" busy={state.step === "sending"}
					onClick={() => send("register")}>{t("register.submit")}</Button>
			</div>
		</form>
	);
}
