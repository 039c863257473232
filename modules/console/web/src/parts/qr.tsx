/* A code for a camera, from the rows of modules that the server sends; dark on light in any theme. */
import type { JSX } from "preact";

export function Qr({ rows, label }: { rows: readonly string[]; label: string }): JSX.Element {
	const side = rows.length;
	const path = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map(run =>
		`M${run.index ?? 0} ${y}h${run[0].length}v1h-${run[0].length}z`)).join("");
	return (
		<svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} shape-rendering="crispEdges">
			<rect width={side} height={side} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}
