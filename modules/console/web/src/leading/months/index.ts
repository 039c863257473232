/* The pages of the report beside its overview, by their names in the address. */
import type { JSX } from "preact";
import type { PageName, PageProps } from "../view";
import { ExchangeFigures } from "./exchange_figures";
import { FourActs } from "./four_acts";
import { Laboratory } from "./laboratory";
import { MonthLife } from "./life";
import { Pilot } from "./pilot";
import { Ranking } from "./ranking";
import { Rhythm } from "./rhythm";

export { BulletinScreen } from "./bulletin";

export const pages: Partial<Record<PageName, (props: PageProps) => JSX.Element>> = {
	life: MonthLife, pilot: Pilot, ranking: Ranking, rhythm: Rhythm, laboratory: Laboratory, "four-acts": FourActs,
	exchange: ExchangeFigures,
};
