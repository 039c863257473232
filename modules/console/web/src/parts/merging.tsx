/*
 * A form whose thing somebody else changed meanwhile: what does not clash is merged, the rest is
 * chosen, and the next try goes out under the newer tag.
 */
import { useState } from "preact/hooks";
import { differences, merged } from "../lib/merge";
import { Merge } from "./merge";

export function useMerge<T extends object>(id: string,
	fields: readonly { name: keyof T & string; label: string }[],
	read: () => Promise<{ value: T; etag: string | null }>,
	words?: (field: keyof T & string, value: unknown) => string) {
	const [state, setState] = useState<{ id: string; theirs: T; etag: string | null } | null>(null);
	const [chosen, setChosen] = useState<Partial<Record<keyof T, "mine" | "theirs">>>({});
	const names = fields.map(field => field.name);
	const newer = state?.id === id ? state : null;
	return {
		etag: newer?.etag ?? null,
		result: (base: T, mine: T): T => newer ? merged(names, base, mine, newer.theirs, chosen) : mine,
		onStale: () => void read().then(({ value, etag }) => setState({ id, theirs: value, etag }),
			() => { /* the form says what failed when it is sent again */ }),
		view: (base: T, mine: T) => newer !== null && differences(names, base, mine, newer.theirs).length > 0
			&& <Merge fields={fields} base={base} mine={mine} theirs={newer.theirs} chosen={chosen}
				{...words ? { words } : {}}
				onChoose={(field, whose) => setChosen(old => ({ ...old, [field]: whose }))} />,
		forget: () => { setState(null); setChosen({}); },
	};
}
