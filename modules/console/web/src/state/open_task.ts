/*
 * The task a person works on: its latest form with the tag that protects a change, its history,
 * and what came of the last action. A stale change (412) is answered by reading the task again
 * and naming what became different; what the person typed stays in the form.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, signedOut } from "../api/client";
import { api, taskTag } from "../api/endpoints";
import type { FullTask, HistoryEvent, Task, TaskActions } from "../api/types";
import { useLoaded } from "../lib/load";
import { useLive } from "./live";

export interface Change {
	field: keyof Task;
	before: unknown;
	after: unknown;
}

export interface Opened {
	task: FullTask;
	tag: string;
	history: HistoryEvent[];
}

export interface OpenTask<O extends Opened = Opened> {
	opened: O | null;
	error: unknown;
	reload: () => Promise<void>;
	busy: boolean;
	failure: unknown;
	/** What somebody else changed in between; null when nobody did. */
	conflict: Change[] | null;
	/** stays: the task is read again before the promise ends; false where another one comes next. */
	act: <A extends keyof TaskActions>(action: A, body: TaskActions[A], stays?: boolean) =>
		Promise<boolean>;
	/** Sends a change with the tag of what is shown; fails as it failed, after a conflict was named. */
	send: (change: (tag: string) => Promise<unknown>, stays?: boolean) => Promise<void>;
}

const compared: (keyof Task)[] = ["state", "department", "limit_class", "sign_due", "contact_due",
	"due", "round"];

function changesBetween(before: Task, after: Task): Change[] {
	return compared.filter(field => before[field] !== after[field])
		.map(field => ({ field, before: before[field], after: after[field] }));
}

/** The history first: the task is then never older than the newest event that is known of it. */
export async function openTask(id: string): Promise<Opened> {
	const history = await api.history(id.slice(0, id.lastIndexOf("-")));
	const reply = await api.task(id);
	return { task: reply.body, tag: taskTag(reply), history };
}

export function useOpenTask(id: string): OpenTask;
/** load: for who wants more beside the task, or has it at hand already. */
export function useOpenTask<O extends Opened>(id: string, load: (id: string) => Promise<O>): OpenTask<O>;
export function useOpenTask(id: string, load: (id: string) => Promise<Opened> = openTask): OpenTask {
	const { value: opened, error, reload, refresh } = useLoaded(() => load(id), id);
	const [outcome, setOutcome] = useState<{ id: string; failure: unknown; conflict: Change[] | null }>(
		{ id, failure: null, conflict: null });
	const [busy, setBusy] = useState(false);
	const told = useRef(false);

	async function explain(failure: unknown) {
		if (!(failure instanceof Problem) || failure.status !== 412 || !opened) {
			setOutcome({ id, failure, conflict: null });
			return;
		}
		const fresh = (await refresh())?.task ?? (await api.task(id)).body;
		setOutcome({ id, failure: null, conflict: changesBetween(opened.task, fresh) });
	}

	async function send(change: (tag: string) => Promise<unknown>, stays = true) {
		if (busy || !opened)
			throw new Problem(0, "busy", "");
		setBusy(true);
		try {
			await change(opened.tag);
			setOutcome({ id, failure: null, conflict: null });
			if (stays)
				await reload();
			else
				told.current = false;
		} catch (failure) {
			await explain(failure).catch(second => setOutcome({ id, failure: second, conflict: null }));
			throw failure;
		} finally {
			setBusy(false);
		}
	}

	async function act<A extends keyof TaskActions>(action: A, body: TaskActions[A], stays = true) {
		return send(tag => api.act(id, action, body, tag), stays).then(() => true, () => false);
	}

	/* what somebody else does meanwhile is shown at once, not only when it collides */
	function look() {
		void refresh().then(fresh => {
			const changes = fresh && opened ? changesBetween(opened.task, fresh.task) : [];
			if (changes.length > 0)
				setOutcome({ id, failure: null, conflict: changes });
		});
	}
	useLive("change", change => {
		const known = opened?.history[opened.history.length - 1]?.seq ?? 0;
		if (!opened || signedOut.value || (change !== null && change.appeal !== opened.task.appeal))
			return;
		told.current = busy;
		if (!busy && (change === null || change.version > known))
			look();
	});
	/* told during an own change: what was read after it may be older than that, in part */
	useEffect(() => {
		if (!busy && told.current) {
			told.current = false;
			look();
		}
	}, [busy]);

	const mine = outcome.id === id;
	return {
		opened, error, reload, busy, act, send,
		failure: mine ? outcome.failure : null,
		conflict: mine ? outcome.conflict : null,
	};
}
