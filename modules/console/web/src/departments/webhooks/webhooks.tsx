/*
 * Receivers of a department's events: its systems and the bots of its groups. How each fares, every
 * delivery with what was answered, and what can be done: test, pause, replay, another secret.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read } from "../../api/ask";
import type { Me } from "../../api/types";
import { t } from "./words";
import { useShortcuts } from "../../lib/keys";
import { usePaged } from "../../lib/paged";
import { go, href, route } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Card, Listed, Page } from "../../parts/page";
import { Table } from "../../parts/table";
import { departmentName } from "../../state/reference";
import { AddForm, refusedInWords } from "./add";
import { Endpoint } from "./endpoint";
import { healthOf, type Hook, type HookSecret } from "./health";

/** A secret, for the one time that it is shown. */
function Secret({ hook, onClose }: { hook: HookSecret; onClose: () => void }): JSX.Element {
	const [copied, setCopied] = useState(false);
	const until = hook.old_secrets_until;
	return (
		<Dialog id="secret" kind="box" title={t("hook.secret")} onClose={onClose}>
			<div class="padded secret-box">
				<code class="secret" tabIndex={0}>{hook.secret}</code>
				<p>{t("hook.secret_once")}</p>
				{until && <p><strong>{t("hook.both_valid", { until: dateTime(until) })}</strong></p>}
				<Button kind="primary" onClick={() => void navigator.clipboard.writeText(hook.secret ?? "")
					.then(() => setCopied(true), () => setCopied(false))}>{t(copied ? "hook.copied" : "hook.copy")}</Button>
			</div>
		</Dialog>
	);
}

export function WebhooksScreen({ me }: { me: Me }): JSX.Element {
	const id = route.value.path[1] || null;
	const list = usePaged(cursor => read("/webhooks", { query: { limit: 100,
		...cursor === null ? {} : { cursor } } }), "webhooks");
	const [adding, setAdding] = useState(false);
	const [secret, setSecret] = useState<HookSecret | null>(null);
	const show = (to: string | null) => go(href(to === null ? ["webhooks"] : ["webhooks", to]), true);
	const own = me.department !== null;
	useShortcuts([
		{ keys: "n", label: t("hook.add"), run: () => setAdding(true), enabled: !adding && secret === null },
		{ keys: "r", label: t("keys.refresh"), run: () => void list.reload() },
	]);
	const told = (hook: HookSecret) => {
		if (hook.secret)
			setSecret(hook);
	};
	const current = list.items?.find(one => one.id === id) ?? null;
	return (
		<Page title={t("hook.title")} line={t(own ? "hook.line" : "hook.line_all")}
			acts={<Button kind="primary" keys="n" onClick={() => setAdding(true)}>{t("hook.add")}</Button>}>
			<Card id="hooks" title={t("hook.list")} {...list.items ? { count: list.items.length } : {}}>
				<Listed list={list} empty={t("hook.none")} emptyNext={t("hook.none_next")}>{items =>
					<Table<Hook> caption={t("hook.list")} rows={items} rowKey={one => one.id} current={id}
						onOpen={one => show(one.id)} columns={[
							{ key: "url", head: t("hook.url"), cell: one => <span class="hook-url">{one.url}</span> },
							...own ? [] : [{ key: "department", head: t("appeal.department"),
								cell: (one: Hook) => departmentName(one.department) }],
							{ key: "format", head: t("hook.format"), cell: one => t(`format.${one.format}`) },
							{ key: "events", head: t("hook.events"), cell: one => <code>{one.events.join(" ")}</code> },
							{ key: "health", head: t("hook.health"), cell: one => {
								const { tone, words } = healthOf(one);
								return <span class={`tag ${tone}`}>{words}</span>;
							} },
							{ key: "success", head: t("hook.last_success"), cell: one => dateTime(one.last_success_at) },
						]} />}</Listed>
			</Card>
			{current !== null && <Endpoint key={current.id} hook={current} onSecret={told}
				onChanged={() => void list.reload()} onRemoved={() => { show(null); void list.reload(); }} />}
			{adding && <Dialog id="add" kind="drawer" title={t("hook.add")} onClose={() => setAdding(false)}>
				<div class="card-scroll"><AddForm own={own} onCancel={() => setAdding(false)} onSubmit={async body => {
					const hook = (await ask.post("/webhooks", { body }).catch(refusedInWords)).body;
					await list.reload();
					setAdding(false);
					show(hook.id);
					told(hook);
				}} /></div>
			</Dialog>}
			{secret !== null && <Secret hook={secret} onClose={() => setSecret(null)} />}
		</Page>
	);
}
