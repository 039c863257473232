/*
 * A table of things: columns described once, numbers at the right, a row opened by its first cell.
 * Sorting is the reader's and stays in the browser; what is paged by the server is not sorted here.
 */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

export interface Column<T> {
	key: string;
	head: ComponentChildren;
	cell: (row: T) => ComponentChildren;
	number?: boolean;
	/** Makes the column sortable. */
	by?: (row: T) => number | string;
	class?: string;
}

interface TableProps<T> {
	/** What the table shows; read out, and seen where `shownCaption` is set. */
	caption: string;
	shownCaption?: boolean;
	columns: readonly Column<T>[];
	rows: readonly T[];
	rowKey: (row: T) => string;
	/** Makes the first cell a link to the thing, or a button that opens it. */
	to?: (row: T) => string;
	onOpen?: (row: T) => void;
	current?: string | null;
	foot?: ComponentChildren;
}

function sorted<T>(rows: readonly T[], column: Column<T> | undefined, down: boolean): readonly T[] {
	const by = column?.by;
	if (!by)
		return rows;
	const order = (a: T, b: T) => {
		const [x, y] = [by(a), by(b)];
		return x < y ? -1 : x > y ? 1 : 0;
	};
	return [...rows].sort(down ? (a, b) => order(b, a) : order);
}

export function Table<T>(props: TableProps<T>): JSX.Element {
	const { columns, rowKey, to, onOpen } = props;
	const [sort, setSort] = useState<{ key: string; down: boolean } | null>(null);
	const rows = sorted(props.rows, columns.find(c => c.key === sort?.key), sort?.down ?? false);

	function first(row: T, content: ComponentChildren): ComponentChildren {
		if (to)
			return <a href={to(row)}>{content}</a>;
		return onOpen ? <button type="button" class="link" onClick={() => onOpen(row)}>{content}</button>
			: content;
	}
	return (
		<div class="table-scroll" tabIndex={0} role="group" aria-label={props.caption}>
			<table class="table">
				<caption class={props.shownCaption ? "" : "unseen"}>{props.caption}</caption>
				<thead><tr>
					{columns.map(({ key, head, by, number }) => (
						<th key={key} scope="col" class={number ? "number" : ""}
							aria-sort={sort?.key !== key ? undefined : sort.down ? "descending" : "ascending"}>
							{by ? <button type="button" class="sort" onClick={() =>
								setSort({ key, down: sort?.key === key && !sort.down })}>
								{head}<span aria-hidden="true">{sort?.key !== key ? "" : sort.down ? " ↓" : " ↑"}</span>
							</button> : head}
						</th>
					))}
				</tr></thead>
				<tbody>
					{rows.map(row => (
						<tr key={rowKey(row)} aria-current={props.current === rowKey(row) ? "true" : undefined}>
							{columns.map(({ key, cell, number, class: extra }, at) => {
								const content = at === 0 ? first(row, cell(row)) : cell(row);
								const style = `${number ? "number" : ""} ${extra ?? ""}`;
								return at === 0 ? <th key={key} scope="row" class={style}>{content}</th>
									: <td key={key} class={style}>{content}</td>;
							})}
						</tr>
					))}
				</tbody>
				{props.foot && <tfoot>{props.foot}</tfoot>}
			</table>
		</div>
	);
}
