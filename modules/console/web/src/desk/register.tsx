/* Registering an appeal: content first, then what decides where it goes, keyboard all the way. */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ContentClass } from "../api/types";
import { t } from "./words";
import { enterMovesOn } from "../lib/focus";
import { suggestedCategory } from "./expected_dispatch";
import { useShortcuts } from "../lib/keys";
import { candidateOf, candidateOfCategory } from "../lib/match";
import { fieldErrors } from "../lib/problem_text";
import { recentCategories, rememberCategory } from "./recent";
import { clockTime } from "../lib/time";
import { Button } from "../parts/button";
import { Combo, type ComboOption } from "../parts/combo";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icons";
import { Notice, ProblemNotice } from "../parts/notice";
import { Segmented } from "../parts/segmented";
import { changeDraft, derivedTitle, draft, draftRestored, draftSavedAt, forgetDraft, restoreDraft }
	from "./draft";
import { language } from "../state/prefs";
import { catalogue, categoryPath, nameOf } from "../state/reference";
import { nextAppeal, retryNow, stopRetrying, submission, submitDraft } from "./submission";
import { CallerSide } from "./register_caller";
import { ExpectedPanel } from "./register_expected";
import { RecentCard } from "./register_recent";
import { ResultCard } from "./register_result";

const contentClasses: readonly ContentClass[] = ["help", "complaint", "consultation", "report",
	"suggestion", "praise"];
const textLimit = 10_000;

/** The control that shows the error of each field of the interface. */
const controlOf: Record<string, string> = {
	text: "appeal-text", title: "appeal-title", category: "appeal-category", area: "appeal-area",
	address: "appeal-address", external_no: "appeal-external-no", channel: "appeal-channel",
	"caller/name": "caller-name", "caller/phone": "caller-phone",
	"caller/id_number": "caller-id-number", "caller/address": "caller-address",
	"accused/department": "appeal-accused", "enterprise/uscc": "enterprise-code",
	"enterprise/name": "enterprise-name",
};

function useCategoryOptions(): ComboOption[] {
	const table = catalogue.value;
	return useMemo(() => (table?.categories ?? []).filter(c => c.leaf).map(category => ({
		value: category.code,
		label: categoryPath(category.code),
		note: `${category.initials} · ${category.code}`,
		candidate: candidateOfCategory(category),
	})), [table, language.value]);
}

function useAreaOptions(): ComboOption[] {
	const table = catalogue.value;
	return useMemo(() => (table?.areas ?? []).map(area => ({
		value: area.code, label: nameOf(area), note: `${area.initials} · ${area.code}`,
		candidate: candidateOf(area),
	})), [table, language.value]);
}

function SuggestionLine({ onAccept }: { onAccept: (category: string) => void }): JSX.Element | null {
	const { text, category } = draft.value;
	const suggestion = useMemo(() => suggestedCategory(catalogue.value, text), [text]);
	const offered = suggestion && suggestion.category.code !== category ? suggestion : null;
	useShortcuts([{
		keys: "Alt+a", label: t("register.accept_suggestion"), enabled: offered !== null,
		run: () => offered && onAccept(offered.category.code),
	}]);
	if (!offered)
		return null;
	return (
		<div class="suggestion">
			<Icon name="spark" />
			<span class="suggestion-text">
				<span>{t("register.suggestion")} <strong>{categoryPath(offered.category.code)}</strong></span>
				<small>{t("register.suggestion_why",
					{ words: offered.words.map(word => `“${word}”`).join("") })}</small>
			</span>
			<Button keys="Alt+a" onClick={() => onAccept(offered.category.code)}>
				{t("action.accept")}</Button>
		</div>
	);
}

function SendingNotice(): JSX.Element | null {
	const state = submission.value;
	if (state.step === "waiting") {
		return (
			<Notice tone="warn">
				<span>{t(state.failure.status === 0 ? "register.unreachable" : "register.unavailable",
					{ seconds: state.seconds })}</span>
				<Button onClick={retryNow}>{t("register.retry_now")}</Button>
				<Button onClick={stopRetrying}>{t("register.stop_retrying")}</Button>
			</Notice>
		);
	}
	return state.step === "editing" && state.failure !== null
		? <ProblemNotice error={state.failure} /> : null;
}

function Footer({ onSubmit }: { onSubmit: () => void }): JSX.Element {
	const saved = draftSavedAt.value;
	return (
		<div class="card-foot actions">
			<span class="saved" role="status">
				{draftRestored.value ? t("register.restored")
					: saved !== null && <><Icon name="check" size={15} />
						{t("register.saved", { at: clockTime(saved) })}</>}
			</span>
			<Button onClick={forgetDraft}>{t("register.clear")}</Button>
			<Button kind="primary" keys="Ctrl+Enter" busy={submission.value.step === "sending"}
				onClick={onSubmit}>{t("register.submit")}</Button>
		</div>
	);
}

function RegisterForm(): JSX.Element {
	const { text, title, category, area, contentClass, urgent, address } = draft.value;
	const content = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
	const categoryOptions = useCategoryOptions();
	const areaOptions = useAreaOptions();
	const state = submission.value;
	const errors = fieldErrors(state.step === "editing" ? state.failure : null);
	const locked = state.step !== "editing";

	useEffect(() => {
		restoreDraft();
		content.current?.focus();
	}, []);
	useEffect(() => {
		const first = Object.entries(controlOf).find(([field]) => errors.has(field));
		if (first)
			document.getElementById(first[1])?.focus();
	}, [state]);
	useShortcuts([{ keys: "Ctrl+Enter", label: t("register.submit"), run: submitDraft }]);

	function takeCategory(code: string | null) {
		changeDraft({ category: code });
		if (code !== null)
			rememberCategory(code);
	}
	function acceptSuggestion(code: string) {
		takeCategory(code);
		document.getElementById("appeal-area")?.focus();
	}

	return (
		<form class="card intake" aria-label={t("register.form")} onKeyDown={enterMovesOn}
			onSubmit={event => event.preventDefault()}>
			<SendingNotice />
			<fieldset class="intake-body card-scroll" disabled={locked}>
				<div class="intake-main">
					<TextField id="appeal-text" label={t("appeal.text")} value={text} rows={8}
						class="content-field" maxLength={textLimit} inputRef={content} required
						aside={`${text.length} / ${textLimit}`} error={errors.get("text")}
						onInput={value => changeDraft({ text: value })} />
					<SuggestionLine onAccept={acceptSuggestion} />
					<div class="pair">
						<Combo id="appeal-category" label={t("appeal.category")} value={category}
							options={categoryOptions} recent={recentCategories()}
							placeholder={t("register.category_hint")} error={errors.get("category")}
							onChange={takeCategory} />
						<Combo id="appeal-area" label={t("appeal.area")} value={area} options={areaOptions}
							placeholder={t("register.area_hint")} error={errors.get("area")}
							onChange={code => changeDraft({ area: code })} />
					</div>
					<div class="pair pair-wide-first">
						<Segmented id="appeal-class" legend={t("appeal.content_class")} value={contentClass}
							options={contentClasses.map(value => ({ value, label: t(`content_class.${value}`) }))}
							onChange={value => changeDraft({ contentClass: value })} />
						<Segmented id="appeal-urgent" legend={t("appeal.urgency")}
							value={urgent ? "urgent" : "normal"}
							options={[{ value: "normal", label: t("appeal.normal") },
								{ value: "urgent", label: t("appeal.urgent") }]}
							onChange={value => changeDraft({ urgent: value === "urgent" })} />
					</div>
					<div class="pair">
						<TextField id="appeal-title" label={t("appeal.title")} value={title} maxLength={200}
							placeholder={derivedTitle(text) || t("register.title_hint")}
							error={errors.get("title")} onInput={value => changeDraft({ title: value })} />
						<TextField id="appeal-address" label={t("appeal.address")} value={address}
							error={errors.get("address")} onInput={value => changeDraft({ address: value })} />
					</div>
					<ExpectedPanel />
				</div>
				<CallerSide errors={errors} />
			</fieldset>
			<Footer onSubmit={submitDraft} />
		</form>
	);
}

export function RegisterScreen({ title }: { title: string }): JSX.Element {
	const state = submission.value;
	return (
		<>
			<h1 class="unseen">{title}</h1>
			{state.step === "done" ? <ResultCard appeal={state.appeal} onNext={nextAppeal} />
				: <RegisterForm />}
			<RecentCard newest={state.step === "done" ? state.appeal.id : ""} />
		</>
	);
}
