/* The last categories this person took, by code; offered first in the combo box. */
const storageKey = "recent_categories";
const keptAtMost = 5;

export function recentCategories(): string[] {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
		return Array.isArray(stored) ? stored.map(String) : [];
	} catch {
		return [];
	}
}

export function rememberCategory(code: string) {
	const codes = [code, ...recentCategories().filter(old => old !== code)].slice(0, keptAtMost);
	try {
		localStorage.setItem(storageKey, JSON.stringify(codes));
	} catch {
		/* a convenience only */
	}
}
