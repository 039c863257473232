/*
 * What the rail offers: each group of screens names its own, and whom they are for. Their code
 * comes when one of them is opened.
 */
import type { JSX } from "preact";
import type { Me, Role } from "./api/types";
import { screens as administering } from "./administering/screens";
import { screens as auditing } from "./auditing/screens";
import { later as casesLater, screens as cases } from "./cases/screens";
import { screens as departments } from "./departments/screens";
import { screens as desk } from "./desk/screens";
import { further as dispatchingFurther, screens as dispatching } from "./dispatching/screens";
import { further as exchangeFurther, screens as exchange } from "./exchange/screens";
import { screens as judging } from "./judging/screens";
import { screens as leading } from "./leading/screens";
import { screens as overseeing } from "./overseeing/screens";
import type { IconName } from "./parts/icons";
import type { Language } from "./state/prefs";
import { screens as tables } from "./tables/screens";
import { further as visitsFurther, screens as visits } from "./visits/screens";

/** The title is the screen's in the language now in use, for its heading. */
export type View = (props: { me: Me; title: string }) => JSX.Element;

export interface Screen {
	/** First part of the address; its further parts and the query are the screen's own. */
	path: string;
	icon: IconName;
	title: Record<Language, string>;
	roles: readonly Role[];
	/** Whose day begins here, whatever stands before it in the list. */
	begins?: readonly Role[];
	/** Reached by links only, and not shown on the rail. */
	unlisted?: true;
	/** How many entries wait there, for the rail while another screen is open. */
	count?: () => Promise<number>;
	/** About the whole district: not for a supervisor who belongs to a unit. */
	whole?: true;
	view: () => Promise<View>;
}

/** In the order of the rail; a role's first is where it begins. */
export const screens: readonly Screen[] = [
	...desk, ...dispatching, ...exchange, ...departments, ...visits, ...overseeing, ...judging,
	...cases, ...auditing, ...administering, ...leading, ...casesLater, ...dispatchingFurther,
	...exchangeFurther, ...visitsFurther, ...tables,
];
