/* How a month stands and lives, by the names of the pages in the address. */
import "../style";
import type { JSX } from "preact";
import type { PageName, PageProps } from "../view";
import { MonthLife } from "./life";
import { Pilot } from "./pilot";

export { BulletinScreen } from "./bulletin";

export const monthPages: Partial<Record<PageName, (props: PageProps) => JSX.Element>> = {
	life: MonthLife, pilot: Pilot,
};
