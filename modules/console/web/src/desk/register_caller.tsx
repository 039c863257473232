/* The right half of the intake card: how the matter came, who calls, whom it is about. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Channel } from "../api/types";
import { t } from "./words";
import { candidateOf } from "../lib/match";
import { Combo } from "../parts/combo";
import { Check, Select, TextField } from "../parts/field";
import { changeDraft, draft } from "./draft";
import { language } from "../state/prefs";
import { departments, nameOf } from "../state/reference";

const channels: readonly Channel[] = ["12345", "110", "enterprise", "window", "web", "app", "letter",
	"leader"];

export function CallerSide({ errors }: { errors: Map<string, string> }): JSX.Element {
	const { channel, externalNo, callerName, callerPhone, callerIdNumber, callerAddress, anonymous, secret,
		visitWanted, accused, enterpriseName, enterpriseCode } = draft.value;
	const units = departments.value;
	const departmentOptions = useMemo(() => units.map(unit => ({
		value: unit.code, label: nameOf(unit), note: unit.code, candidate: candidateOf(unit),
	})), [units, language.value]);
	return (
		<div class="intake-side">
			<TextField id="caller-name" label={t("caller.name")} value={callerName} maxLength={100}
				error={errors.get("caller/name")} onInput={value => changeDraft({ callerName: value })} />
			<TextField id="caller-phone" label={t("caller.phone")} value={callerPhone} type="tel"
				maxLength={30} error={errors.get("caller/phone")}
				onInput={value => changeDraft({ callerPhone: value })} />
			<TextField id="caller-id-number" label={t("caller.id_number")} value={callerIdNumber}
				maxLength={32} error={errors.get("caller/id_number")}
				onInput={value => changeDraft({ callerIdNumber: value })} />
			<TextField id="caller-address" label={t("caller.address")} value={callerAddress}
				maxLength={200} error={errors.get("caller/address")}
				onInput={value => changeDraft({ callerAddress: value })} />
			<div class="checks">
				<Check label={t("caller.anonymous")} checked={anonymous}
					onChange={value => changeDraft({ anonymous: value })} />
				<Check label={t("caller.secret")} checked={secret}
					onChange={value => changeDraft({ secret: value })} />
				<Check label={t("caller.visit_wanted")} checked={visitWanted}
					onChange={value => changeDraft({ visitWanted: value })} />
			</div>
			{anonymous && <p class="hint">{t("caller.anonymous_hint")}</p>}
			<Select id="appeal-channel" label={t("appeal.channel")} value={channel}
				options={channels.map(value => ({ value, label: t(`channel.${value}`) }))}
				onChange={value => changeDraft({ channel: value })} />
			{channel === "enterprise" && (
				<>
					<TextField id="enterprise-name" label={t("enterprise.name")} value={enterpriseName}
						maxLength={200} error={errors.get("enterprise/name")}
						onInput={value => changeDraft({ enterpriseName: value })} />
					<TextField id="enterprise-code" label={t("enterprise.uscc")} value={enterpriseCode}
						maxLength={18} error={errors.get("enterprise/uscc")}
						onInput={value => changeDraft({ enterpriseCode: value })} />
				</>
			)}
			<TextField id="appeal-external-no" label={t("appeal.external_no")} value={externalNo}
				maxLength={64} error={errors.get("external_no")}
				onInput={value => changeDraft({ externalNo: value })} />
			<Combo id="appeal-accused" label={t("appeal.accused")} value={accused}
				options={departmentOptions} placeholder={t("register.accused_hint")}
				error={errors.get("accused/department")}
				onChange={code => changeDraft({ accused: code })} />
		</div>
	);
}
