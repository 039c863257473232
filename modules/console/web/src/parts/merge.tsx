/*
 * Somebody else changed what is being edited: yours, theirs and the result side by side, for each
 * field that differs. What does not clash is merged already; nothing typed is lost.
 */
import type { JSX } from "preact";
import { t } from "../i18n";
import { differences, merged } from "../lib/merge";
import { Notice } from "./notice";

interface MergeProps<T extends object> {
	fields: readonly { name: keyof T & string; label: string }[];
	base: T;
	mine: T;
	theirs: T;
	chosen: Partial<Record<keyof T, "mine" | "theirs">>;
	onChoose: (field: keyof T & string, whose: "mine" | "theirs") => void;
	words?: (field: keyof T & string, value: unknown) => string;
}

function plain(value: unknown): string {
	return value === null || value === undefined || value === "" ? "—" : String(value);
}

export function Merge<T extends object>(props: MergeProps<T>): JSX.Element {
	const { fields, base, mine, theirs, chosen } = props;
	const names = fields.map(field => field.name);
	const found = differences(names, base, mine, theirs);
	const result = merged(names, base, mine, theirs, chosen);
	const words = (field: keyof T & string, value: unknown) =>
		props.words?.(field, value) ?? plain(value);
	return (
		<Notice tone="warn">
			<div class="merge">
				<strong>{t("merge.title")}</strong>
				<table class="table">
					<caption class="unseen">{t("merge.title")}</caption>
					<thead><tr><th scope="col">{t("merge.field")}</th><th scope="col">{t("merge.mine")}</th>
						<th scope="col">{t("merge.theirs")}</th><th scope="col">{t("merge.result")}</th></tr></thead>
					<tbody>
						{found.map(({ field, mine: own, theirs: other, clash }) => (
							<tr key={field}>
								<th scope="row">{fields.find(f => f.name === field)?.label}</th>
								{([["mine", own], ["theirs", other]] as const).map(([whose, value]) => (
									<td key={whose}>{clash ? (
										<label class="check"><input type="radio" name={`merge-${field}`}
											checked={(chosen[field] ?? "mine") === whose}
											onChange={() => props.onChoose(field, whose)} />
										<span>{words(field, value)}</span></label>
									) : words(field, value)}</td>
								))}
								<td><b>{words(field, result[field])}</b></td>
							</tr>
						))}
					</tbody>
				</table>
				<span>{t("merge.next")}</span>
			</div>
		</Notice>
	);
}
