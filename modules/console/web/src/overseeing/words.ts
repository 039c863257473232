/* The texts of the board and of supervision. */
import { words } from "../i18n";
import { en as casesEn } from "../i18n/cases_en";
import { zh as casesZh } from "../i18n/cases_zh";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words({ ...casesZh, ...zh }, { ...casesEn, ...en });
