/*
 * Rows that stay where they are while the pointer or the focus is among them; what is new waits
 * behind a counted pill, which stands over the rows and moves none of them.
 */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../words";

type Held<R> = R & { gone?: true };

/** The key names the list: another key, other rows. The holding is of the element around the rows. */
export function useHeld<R extends { id: string }>(rows: readonly R[], key: string) {
	const shown = useRef<{ key: string; rows: readonly Held<R>[] }>({ key, rows });
	const [held, setHeld] = useState({ pointer: false, focus: false });
	const [, redraw] = useState(0);
	if (!(held.pointer || held.focus) || shown.current.key !== key || shown.current.rows.length === 0)
		shown.current = { key, rows };
	else
		shown.current = { key, rows: shown.current.rows.map(old =>
			rows.find(row => row.id === old.id) ?? { ...old, gone: true }) };
	const ids = new Set(shown.current.rows.map(row => row.id));
	const n = rows.filter(row => !ids.has(row.id)).length;
	const show = () => { shown.current = { key, rows }; redraw(old => old + 1); };
	const pill: JSX.Element | null = n > 0
		? <button type="button" class="pill" onClick={show}>{t("desk.new_rows", { n })}</button> : null;
	const hold = (change: Partial<typeof held>) => () => setHeld(old => ({ ...old, ...change }));
	return {
		rows: shown.current.rows, pill,
		holding: { onMouseEnter: hold({ pointer: true }), onMouseLeave: hold({ pointer: false }),
			onFocusIn: hold({ focus: true }), onFocusOut: hold({ focus: false }) },
	};
}
