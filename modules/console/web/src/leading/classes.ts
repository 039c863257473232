/* The first level of the catalogue that a category belongs to: what cases are grouped by. */
import { categoryLine, nameOf } from "../state/reference";
import { t } from "./words";

export function categoryTop(code: string | null): string {
	return categoryLine(code)[0]?.code ?? code ?? "";
}

export function topName(code: string): string {
	const top = categoryLine(code)[0];
	return top ? nameOf(top) : code || t("drawer.no_category");
}
