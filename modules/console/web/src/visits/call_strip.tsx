/*
 * Whom to call: masked until it is asked for with a purpose. Every look is recorded, and the strip
 * says so; the clear number is shown until the card is left, and never kept.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../api/ask";
import type { Appeal } from "../api/types";
import { useAct } from "../lib/act";
import { useShortcuts } from "../lib/keys";
import { callerLine } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icons";
import { ProblemNotice } from "../parts/notice";
import { t } from "./words";

export function CallStrip({ appeal, purposeCode, openings }: {
	appeal: Appeal;
	purposeCode: "visit" | "call_back";
	openings?: number;
}): JSX.Element {
	const [phone, setPhone] = useState<string | null>(null);
	/* How many looks there are with this one: what is told may hold it already, or not yet. */
	const [least, setLeast] = useState(0);
	const [purpose, setPurpose] = useState(t(`visit.purpose_${purposeCode}`));
	const act = useAct();
	async function reveal() {
		if (phone === null && purpose.trim()) {
			await act.run(async () => {
				const answer = await ask.post("/appeals/{id}/reveal", { path: { id: appeal.id },
					body: { fields: ["phone"], purpose: purpose.trim(), purpose_code: purposeCode } });
				setPhone(answer.body.phone ?? "—");
				setLeast((openings ?? 0) + 1);
			});
		}
	}
	useShortcuts([{ keys: "Alt+p", label: t("visit.reveal"), run: () => void reveal() }]);
	return (
		<>
			<div class="call-strip">
				<span class="call-mark"><Icon name="phone" size={22} /></span>
				<div class="call-who">
					<strong class="number" aria-live="polite">{phone ?? callerLine(appeal)}</strong>
					<span>{phone === null ? t("visit.masked") : t("visit.revealed")}
						{openings !== undefined && ` · ${t("visit.openings",
							{ n: Math.max(openings, least) })}`}</span>
				</div>
				{phone === null && (
					<div class="call-reveal">
						<TextField id="reveal-purpose" label={t("visit.purpose")} value={purpose}
							maxLength={200} onInput={setPurpose} />
						<Button keys="Alt+p" busy={act.busy} onClick={() => void reveal()}>
							{t("visit.reveal")}</Button>
					</div>
				)}
			</div>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
		</>
	);
}
