/* Line icons of the rail and buttons, drawn on a 24 px grid; decoration only, never the label. */
import type { JSX } from "preact";

const paths = {
	register: "M4 13v-1a8 8 0 0 1 16 0v1M4 13h3v6H5a1 1 0 0 1-1-1zM20 13h-3v6h2a1 1 0 0 0 1-1zM17 19c0 2-2 2-4 2",
	dispatch: "M4 6h10M4 12h7M4 18h10M15 9l4 3-4 3",
	decide: "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
	exchange: "M4 8h13l-4-4M20 16H7l4 4",
	tables: "M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9",
	deadline: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.500l3 2",
	answers: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
	inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 2h4l1-2h5",
	review: "M9 4h6v3H9zM7 5H5v16h14V5h-2M9 14l2 2 4-5",
	visit: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1M15 5h5v5M20 5l-5 5",
	report: "M4 20h16M6 16v-4M10 16V6M14 16v-7M18 16V4",
	warning: "M12 4l9 16H3zM12 10v4M12 17v.01",
	supervise: "M6 3h12v18H6zM9 8h6M9 12h6M9 16l2 2 4-4",
	ruling: "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
	account: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM12 8v5M12 16v.01",
	rhythm: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3M13 14h3",
	figures: "M4 5h16M4 10h16M4 15h9M4 20h9M16 17l2 2 3-4",
	webhooks: "M9 9a4 4 0 1 1 5 3.9L11 18M8 13a4 4 0 1 0 4 5h6M18 14a4 4 0 1 1-3 6.5",
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
	people: "M9 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M2.500 20c.5-4 3-6 6.500-6s6 2 6.500 6M15.500 5a3.500 3.500 0 0 1 0 6.500M17.500 14.500c2.300.8 3.600 2.700 4 5.500",
	key: "M8 12a4 4 0 1 0 0 .01M12 12h9v3M17 12v3",
	tree: "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
	pulse: "M3 12h4l2.500-7 4.500 14 2.500-7h4.500",
	audit: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h4",
	keep: "M12 3l8 3v6c0 4.500-3.300 7.500-8 9-4.700-1.500-8-4.500-8-9V6zM9 12l2 2 4-4",
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
