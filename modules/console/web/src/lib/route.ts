/* The address behind "#": a path and a query, so that a link to a report's numbers can be sent. */
import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);

window.addEventListener("hashchange", () => { hash.value = location.hash; });

/** A "%" that somebody typed stands for itself. */
function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

export const route = computed(() => {
	const [path = "", search = ""] = hash.value.replace(/^#\/?/, "").split("?");
	return { path: path.split("/").map(decoded), query: new URLSearchParams(search) };
});

export function href(path: string[], query: Record<string, string | null> = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== null && value !== "")
			search.set(name, value);
	}
	const text = search.toString();
	return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

export function go(to: string, replace = false) {
	if (replace) {
		history.replaceState(null, "", to);
		hash.value = to;
	} else {
		location.hash = to;
	}
}
