/* Pages that look further than a month's figures, by their names in the address. */
import "../style";
import type { JSX } from "preact";
import type { PageName, PageProps } from "../view";
import { ExchangeFigures } from "./exchange_figures";
import { FourActs } from "./four_acts";
import { Laboratory } from "./laboratory";
import { Ranking } from "./ranking";

export const analysisPages: Partial<Record<PageName, (props: PageProps) => JSX.Element>> = {
	ranking: Ranking, laboratory: Laboratory, "four-acts": FourActs, exchange: ExchangeFigures,
};
