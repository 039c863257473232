/* What lists of things to decide, and their forms, call the things that all of them have. */
import { words } from "../i18n";
import { en } from "../i18n/cases_en";
import { zh } from "../i18n/cases_zh";

export const { t, tMaybe } = words(zh, en);
