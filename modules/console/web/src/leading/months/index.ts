/* How a month stands and lives, by the names of the pages in the address. */
import "../style.css";
import type { JSX } from "preact";
import type { PageName, PageProps } from "../view";
import { MonthLife } from "./life";
import { Pilot } from "./pilot";

export { BulletinScreen } from "./bulletin";

export const pages: Partial<Record<PageName, (props: PageProps) => JSX.Element>> = {
	life: MonthLife, pilot: Pilot,
};
