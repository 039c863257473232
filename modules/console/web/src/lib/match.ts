/*
 * Finding dictionary entries from what a person types: pinyin initials, words, code, or the
 * name of a parent. Every word typed must match somewhere; better kinds of match sort first.
 */
import type { Area, Category, Department } from "../api/types";
import { categoryLine } from "../state/reference";

export interface Candidate {
	code: string;
	/** The entry's own names and keywords, lower case. */
	words: string;
	initials: string;
	/** Names and initials of what it lies under. */
	above: string;
}

export function candidateOf(entry: Department | Area): Candidate {
	return {
		code: entry.code.toLowerCase(),
		words: `${entry.name} ${entry.name_en}`.toLowerCase(),
		initials: entry.initials.toLowerCase(),
		above: "",
	};
}

export function candidateOfCategory(category: Category): Candidate {
	const above = categoryLine(category.code).slice(0, -1);
	return {
		code: category.code.toLowerCase(),
		words: `${category.name} ${category.name_en} ${category.keywords}`.toLowerCase(),
		initials: category.initials.toLowerCase(),
		above: above.map(c => `${c.name} ${c.name_en} ${c.initials}`).join(" ").toLowerCase(),
	};
}

function rankOf(word: string, candidate: Candidate): number {
	if (candidate.code === word || candidate.initials === word)
		return 0;
	if (candidate.words.startsWith(word) || candidate.initials.startsWith(word))
		return 1;
	if (candidate.words.includes(word) || candidate.code.startsWith(word))
		return 2;
	if (candidate.initials.includes(word))
		return 3;
	return candidate.above.includes(word) ? 4 : -1;
}

/** Lower is better; -1 is no match. */
export function matchRank(typed: string, candidate: Candidate): number {
	let sum = 0;
	for (const word of typed.toLowerCase().split(/[\s/]+/).filter(Boolean)) {
		const rank = rankOf(word, candidate);
		if (rank < 0)
			return -1;
		sum += rank;
	}
	return sum;
}
