/* A failure in words: ours where the code is known, else the server's, always with the code. */
import { Problem } from "../api/client";
import { t, tMaybe } from "../i18n";
import { language } from "../state/prefs";

export function problemText(error: unknown): string {
	if (!(error instanceof Problem))
		return t("problem.unknown");
	/* the server's own sentence is English and more exact than our words for the whole status */
	const detail = language.value === "en" && error.detail ? error.detail : null;
	const words = detail ?? tMaybe(`problem.${error.code}`)
		?? tMaybe(`problem.status_${error.status}`) ?? (error.detail || t("problem.unknown"));
	const allowed = error.allowed.map(step => tMaybe(`step.${step}`) ?? step).join(t("list.comma"));
	return allowed ? `${words} ${t("problem.allowed", { steps: allowed })}` : words;
}

export function problemCode(error: unknown): string {
	return error instanceof Problem ? error.code : "console";
}

/** Field errors by the last name of their pointer path: "#/caller/phone" -> "caller/phone". */
export function fieldErrors(error: unknown): Map<string, string> {
	const found = new Map<string, string>();
	if (error instanceof Problem) {
		for (const { pointer, code, detail } of error.errors) {
			const field = pointer.replace(/^#?\//, "");
			if (!found.has(field))
				found.set(field, (language.value === "en" && detail) || (tMaybe(`field_error.${code}`) ?? detail));
		}
	}
	return found;
}
