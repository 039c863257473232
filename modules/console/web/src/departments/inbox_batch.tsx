/* Signing several tasks at once: each is its own step, and what came of each is told in one list. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, taskTag } from "../api/endpoints";
import type { FullTask } from "../api/types";
import { t } from "./words";
import { useShortcuts } from "../lib/keys";
import { problemCode, problemText } from "../lib/problem_text";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Table } from "../parts/table";

export interface Outcome {
	task: FullTask;
	failure: unknown;
}

async function signAll(tasks: readonly FullTask[]): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const task of tasks) {
		/* the version that the person saw: what changed since is refused, not signed unseen */
		const tag = taskTag({ body: task, etag: null });
		outcomes.push(await api.act(task.id, "sign", {}, tag).then(() => ({ task, failure: null }),
			(failure: unknown) => ({ task, failure })));
	}
	return outcomes;
}

export function BatchFoot({ tasks, onSigned, onClear }: {
	tasks: readonly FullTask[];
	onSigned: (outcomes: Outcome[]) => void;
	onClear: () => void;
}): JSX.Element | null {
	const [busy, setBusy] = useState(false);
	async function sign() {
		if (busy || tasks.length === 0)
			return;
		setBusy(true);
		onSigned(await signAll(tasks));
		setBusy(false);
	}
	useShortcuts([{ keys: "Alt+s", label: t("batch.sign_all"), run: () => void sign(), enabled: tasks.length > 0 }]);
	return tasks.length === 0 ? null : (
		<div class="card-foot batch">
			<Button kind="primary" keys="Alt+s" busy={busy} onClick={() => void sign()}>
				{t("batch.sign", { n: tasks.length })}</Button>
			<Button kind="quiet" onClick={onClear}>{t("batch.clear")}</Button>
			<small class="hint">{t("inbox.sign_consequence")}</small>
		</div>
	);
}

export function BatchResult({ outcomes, onClose }: { outcomes: readonly Outcome[]; onClose: () => void }) {
	const signed = outcomes.filter(one => one.failure === null).length;
	return (
		<Dialog id="batch" kind="box" onClose={onClose}
			title={t("batch.result", { n: signed, of: outcomes.length })}>
			<div class="card-scroll"><Table caption={t("batch.caption")} rows={outcomes}
				rowKey={one => one.task.id} columns={[
					{ key: "id", head: t("appeal.id"), cell: one => <span class="number">{one.task.appeal}</span> },
					{ key: "title", head: t("appeal.title"), cell: one => one.task.title },
					{ key: "outcome", head: t("batch.outcome"), cell: one => one.failure === null
						? <b class="good-word">✓ {t("batch.signed")}</b>
						: <b class="bad-word">✕ {problemText(one.failure)} ({problemCode(one.failure)})</b> },
				]} /></div>
		</Dialog>
	);
}
