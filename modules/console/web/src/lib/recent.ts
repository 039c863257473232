/* The last categories and areas taken here, by code; offered first in the combo boxes. */
import { whenForgotten } from "./kept";

const keptAtMost = 5;

export type Kind = "categories" | "areas";

export function recentCodes(kind: Kind): string[] {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(`recent_${kind}`) ?? "[]");
		return Array.isArray(stored) ? stored.map(String) : [];
	} catch {
		return [];
	}
}

whenForgotten(() => {
	try {
		for (const kind of ["categories", "areas"])
			localStorage.removeItem(`recent_${kind}`);
	} catch {
		/* a browser that forbids storage has kept nothing */
	}
});

export function rememberCode(kind: Kind, code: string) {
	const codes = [code, ...recentCodes(kind).filter(old => old !== code)].slice(0, keptAtMost);
	try {
		localStorage.setItem(`recent_${kind}`, JSON.stringify(codes));
	} catch {
		/* a convenience only */
	}
}
