/*
 * The caller's page: asks for number and code, or takes the token out of the address at once, shows how
 * the appeal stands, and takes the answer. Nothing is kept in the browser but language and print size.
 */
import { button, choice, field, make } from "./dom";
import { choose, language, said, t, type Word } from "./words";

type Proof = { token: string } | { number: string; code: string };
type Opening = { day: string; department_name: string | null; field: string; count: number };
type Progress = {
	number: string; received_at: string; state: string; department: string | null;
	dispatched_at: string | null; signed_at: string | null; contacted_at: string | null;
	due: string | null; extended: boolean; closed_at: string | null; result: string | null;
	reply: string | null; asked: boolean; answered: boolean;
	openings: { items: Opening[]; total: number };
};
type Answer = { status: number; body: unknown };

const page = document.getElementById("page") as HTMLElement;

async function post(path: string, body: object): Promise<Answer> {
	try {
		const answer = await fetch(`/api/v1/public/${path}`, {
			method: "POST", body: JSON.stringify(body), credentials: "omit", cache: "no-store",
			headers: { "Content-Type": "application/json" },
		});
		return { status: answer.status, body: await answer.json() };
	} catch {
		return { status: 0, body: null };
	}
}

/* "2026-03-09 23:59" of the district, whatever zone the reader's device is in. */
const minute = (at: string) => at.slice(0, 16).replace("T", " ");

function kept(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

function keep(name: string, value: string) {
	try {
		localStorage.setItem(name, value);
	} catch {
		/* a browser that keeps nothing asks again next time */
	}
}

/* ---- the frame ---- */

let show: () => void = () => undefined;

function setSize(large: boolean) {
	document.documentElement.dataset.size = large ? "large" : "normal";
	keep("print-size", large ? "large" : "normal");
}

function frame(...content: Array<Node | string | null>) {
	document.documentElement.lang = language();
	document.title = t("title");
	const isLarge = document.documentElement.dataset.size === "large";
	const tools = make("div", { class: "tools" },
		button(t("language"), () => {
			choose(language() === "en" ? "zh" : "en");
			keep("language", language() === "en" ? "en" : "zh");
			show();
		}, { id: "language", lang: language() === "en" ? "zh-CN" : "en" }),
		button(t(isLarge ? "normal" : "large"), () => { setSize(!isLarge); show(); }, { id: "size" }),
		button(t("print"), () => window.print(), { id: "print" }));
	page.replaceChildren(make("header", {}, make("h1", {}, t("title")), tools),
		...content.filter((one): one is Node | string => one !== null));
}

const refusal = (status: number, byToken: boolean): Word =>
	status === 429 ? "wait" : status === 404 ? byToken ? "link_unknown" : "unknown" : "failed";

/* What is typed outlasts another language, another size and a failure: here alone, never in the browser. */
const nothing = { result: null as string | null, reason: null as string | null, solved: null as string | null, note: "" };
let typed = nothing;
let asked = { number: "", code: "" };

/* ---- asking ---- */

function showForm(message: Word | null = null) {
	const number = field("number", t("number"), t("number_hint"), { autocomplete: "off",
		maxlength: "20", autocapitalize: "characters", spellcheck: "false" });
	const code = field("code", t("code"), t("code_hint"), { autocomplete: "off", inputmode: "numeric",
		maxlength: "4" });
	const form = make("form", { novalidate: true }, make("p", {}, t("intro")), number.element,
		code.element, make("button", { type: "submit", class: "main" }, t("ask")));
	const alert = make("p", { id: "message", class: "message", role: "alert" },
		message ? t(message) : "");
	form.addEventListener("input", () => { asked = { number: number.input.value, code: code.input.value }; });
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const proof = { number: number.input.value.trim().toUpperCase(), code: code.input.value.trim() };
		number.complain(proof.number ? "" : t("number_missing"));
		code.complain(/^\d{4}$/.test(proof.code) ? "" : t("code_missing"));
		if (!proof.number)
			number.input.focus();
		else if (!/^\d{4}$/.test(proof.code))
			code.input.focus();
		else
			void ask(proof);
	});
	show = () => showForm(message);
	frame(alert, form);
	number.input.value = asked.number;
	code.input.value = asked.code;
	number.input.focus();
}

async function ask(proof: Proof) {
	show = () => frame(make("p", { role: "status" }, t("asking")));
	show();
	const { status, body } = await post("progress", proof);
	if (status === 200) {
		asked = { number: "", code: "" };
		typed = nothing;
		showProgress(body as Progress, proof, null);
	} else {
		showForm(refusal(status, "token" in proof));
	}
}

/* ---- how it stands ---- */

function line(list: HTMLElement, word: Word, value: string | null) {
	if (value !== null)
		list.append(make("dt", {}, t(word)), make("dd", {}, value));
}

function facts(p: Progress) {
	const list = make("dl", {});
	const time = (word: Word, at: string | null) => line(list, word, at === null ? null : minute(at));
	time("received_at", p.received_at);
	line(list, "department", p.department);
	time("dispatched_at", p.dispatched_at);
	time("signed_at", p.signed_at);
	time("contacted_at", p.contacted_at);
	if (p.closed_at === null)
		line(list, "due", p.due === null ? null : minute(p.due) + (p.extended ? t("extended") : ""));
	time("closed_at", p.closed_at);
	line(list, "result", p.result === null ? null : said(p.result));
	line(list, "reply", p.reply);
	return list;
}

function openings(p: Progress) {
	const head = make("h2", { id: "openings-title" }, t("openings"));
	if (p.openings.total === 0)
		return make("section", { id: "openings" }, head, make("p", {}, t("openings_none")));
	const heads = (["day", "who", "what", "times"] as Word[])
		.map(word => make("th", { scope: "col" }, t(word)));
	const rows = p.openings.items.map(one => make("tr", {}, make("td", {}, one.day),
		make("td", {}, one.department_name ?? t("centre")),
		make("td", {}, said(`field_${one.field}`)), make("td", {}, String(one.count))));
	return make("section", { id: "openings" }, head,
		make("p", {}, t("openings_total").replace("{n}", String(p.openings.total))),
		make("table", { "aria-labelledby": "openings-title" },
			make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
}

function showProgress(p: Progress, proof: Proof, message: Word | null) {
	show = () => showProgress(p, proof, message);
	const isDone = message === "thanks" || message === null;
	const alert = make("p", { id: "message", class: isDone ? "message done" : "message", role: isDone ? "status" : "alert" },
		message ? t(message) : "");
	const head = make("h2", { tabindex: "-1" }, p.number);
	frame(alert, make("section", { id: "standing" }, head,
		make("p", { class: "state" }, `${t("state")}：${said(p.state)}`), facts(p)),
	p.asked ? question(p, proof) : null, openings(p),
	button(t("again"), () => showForm(), { id: "again" }));
	head.focus();
}

/* ---- the answer ---- */

const LEVELS: Word[] = ["very_satisfied", "satisfied", "basically_satisfied", "neutral",
	"dissatisfied", "very_dissatisfied"];
const REASONS = ["result", "attitude", "speed", "policy", "other_unit"];

function question(p: Progress, proof: Proof) {
	const solved = choice("solved", t("q_solved"), [["yes", t("yes")], ["partly", t("some")],
		["no", t("no")]], typed.solved);
	const result = choice("result", t("q_result"), LEVELS.map(level => [level, t(level)]), typed.result);
	const reason = choice("reason", t("q_reason"), REASONS.map(one => [one, said(`r_${one}`)]), typed.reason);
	const note = make("textarea", { id: "note", rows: "3", maxlength: "500" }, typed.note);
	const error = make("p", { id: "answer-error", class: "error", role: "alert" });
	const isBad = () => /dissatisfied/.test(result.value() ?? "");
	reason.element.hidden = !isBad();
	const form = make("form", { id: "answer", novalidate: true }, make("h2", {}, t("question")),
		result.element, reason.element, solved.element,
		make("div", { class: "field" }, make("label", { for: "note" }, t("note")), note), error,
		make("button", { type: "submit", class: "main" }, t("send")));
	form.addEventListener("input", () => {
		reason.element.hidden = !isBad();
		typed = { result: result.value(), reason: reason.value(), solved: solved.value(), note: note.value };
	});
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const level = result.value();
		if (level === null) {
			error.textContent = t("choose");
			result.element.querySelector("input")?.focus();
			return;
		}
		void send(p, proof, { result: level, solved: solved.value(),
			reason: isBad() ? reason.value() : null, note: note.value.trim() || null });
	});
	return form;
}

async function send(p: Progress, proof: Proof, answer: object) {
	const { status, body } = await post("answer", { ...proof, ...answer });
	const code = (body as { code?: string } | null)?.code;
	const message: Word = status === 200 ? "thanks" : code === "answered_before" ? "answered" :
		code === "not_asked" ? "not_asked" : refusal(status, "token" in proof);
	const isOver = status === 200 || status === 409;
	showProgress({ ...p, asked: p.asked && !isOver }, proof, message);
}

/* ---- start ---- */

choose(kept("language") ?? navigator.language);
setSize(kept("print-size") === "large");
const token = /^\/r\/([0-9A-Za-z]+)$/.exec(location.pathname)?.[1];
if (token) {
	/* The address bar, the history and a shared screen do not show it any longer. */
	history.replaceState(null, "", "/progress");
	void ask({ token });
} else {
	showForm();
}
