/*
 * What the server will most likely do with a draft, shown before it is saved. The server alone
 * decides; this follows the same catalogue so that the operator can tell the caller at once.
 */
import type { Catalogue, CatalogueRow, Category, ContentClass, LimitClass } from "../api/types";

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

export interface Suggestion {
	category: Category;
	/** The words of the text that led to it. */
	words: string[];
}

function wordsFound(text: string, category: Category): string[] {
	const words = `${category.name} ${category.keywords}`.toLowerCase().split(/[\s,，、;；/]+/);
	return [...new Set(words)].filter(word => word.length >= 2 && text.includes(word));
}

/** The leaf category whose name and keywords stand in the text most; null when none does. */
export function suggestedCategory(catalogue: Catalogue | null, text: string): Suggestion | null {
	const lower = text.toLowerCase();
	let best: Suggestion | null = null;
	let bestScore = 0;
	for (const category of catalogue?.categories ?? []) {
		const words = category.leaf ? wordsFound(lower, category) : [];
		const score = words.reduce((sum, word) => sum + word.length, 0);
		if (score > bestScore) {
			best = { category, words };
			bestScore = score;
		}
	}
	return best;
}
