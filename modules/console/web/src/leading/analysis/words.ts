/* The texts of what looks further than a month's figures, with those of the report behind them. */
import { words } from "../../i18n";
import { en as reportEn } from "../en";
import { zh as reportZh } from "../zh";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words({ ...reportZh, ...zh } as const, { ...reportEn, ...en } as const);
