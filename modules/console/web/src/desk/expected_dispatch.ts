/*
 * What the server will most likely do with a draft, shown before it is saved, also while it is
 * away. The server alone decides; this follows the same catalogue, so that the operator can tell
 * the caller at once.
 */
import type { Catalogue, CatalogueRow, ContentClass, LimitClass } from "../api/types";

export type Expected =
	| { kind: "incomplete" }
	| { kind: "dispatcher"; why: "no_row" | "recused" }
	| { kind: "department"; row: CatalogueRow; limitClass: LimitClass };

interface Choice {
	category: string | null;
	area: string | null;
	contentClass: ContentClass;
	urgent: boolean;
	accused: string | null;
}

/** The row for the very area wins over the row for any area. */
export function catalogueRow(catalogue: Catalogue, category: string, area: string) {
	const rows = catalogue.rows.filter(row => row.category === category);
	return rows.find(row => row.area === area) ?? rows.find(row => row.area === null);
}

export function expectedDispatch(catalogue: Catalogue | null, choice: Choice): Expected {
	if (!catalogue || !choice.category || !choice.area)
		return { kind: "incomplete" };
	const row = catalogueRow(catalogue, choice.category, choice.area);
	if (!row)
		return { kind: "dispatcher", why: "no_row" };
	if (row.department === choice.accused)
		return { kind: "dispatcher", why: "recused" };
	if (choice.contentClass === "suggestion" || choice.contentClass === "praise")
		return { kind: "department", row, limitClass: "L3" };
	const urgent = choice.urgent && row.urgent_allowed;
	return { kind: "department", row, limitClass: urgent ? "L0" : row.limit_class };
}
