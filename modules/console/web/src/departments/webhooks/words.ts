/* The texts of receivers. */
import { words } from "../../i18n";
import { en as commonEn } from "../common_en";
import { zh as commonZh } from "../common_zh";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words({ ...commonZh, ...zh }, { ...commonEn, ...en });
