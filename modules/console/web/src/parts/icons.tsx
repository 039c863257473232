/* Line icons of the rail and buttons, drawn on a 24 px grid; decoration only, never the label. */
import type { JSX } from "preact";

const paths = {
	register: "M4 13v-1a8 8 0 0 1 16 0v1M4 13h3v6H5a1 1 0 0 1-1-1zM20 13h-3v6h2a1 1 0 0 0 1-1zM17 19c0 2-2 2-4 2",
	dispatch: "M4 6h10M4 12h7M4 18h10M15 9l4 3-4 3",
	inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 2h4l1-2h5",
	review: "M9 4h6v3H9zM7 5H5v16h14V5h-2M9 14l2 2 4-5",
	visit: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1M15 5h5v5M20 5l-5 5",
	report: "M4 20h16M6 16v-4M10 16V6M14 16v-7M18 16V4",
	enterprise: "M4 21V8l6 3V8l6 3V4h4v17zM8 17v-2M12 17v-2M16 17v-2",
	language: "M4 5h9M8.5 3v2M11 5c-.6 4-3.2 7-7 8.5M6 8c1 2.5 3 4.5 6 5.5M12 21l4.5-11L21 21M13.5 17.5h6",
	light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
	dark: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5",
	help: "M9.5 9a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .9-1 1.700M12 17v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
	leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
	check: "M5 12.5l4.5 4.5L19 7",
	spark: "M12 4l1.800 6.2L20 12l-6.2 1.800L12 20l-1.800-6.2L4 12l6.2-1.800z",
	previous: "M15 5l-7 7 7 7",
	next: "M9 5l7 7-7 7",
	phone: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1",
	refresh: "M20 11a8 8 0 0 0-14.5-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 4L20 15M20 20v-5h-5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
	return (
		<svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
			<path d={paths[name]} />
		</svg>
	);
}
