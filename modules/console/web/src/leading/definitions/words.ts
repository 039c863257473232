/* What each number is, in words: asked for less often than the numbers, so by itself. */
import { words } from "../../i18n";
import { en as reportEn } from "../en";
import { zh as reportZh } from "../zh";
import { en } from "./en";
import { zh } from "./zh";

export const { t } = words({ ...reportZh, ...zh } as const, { ...reportEn, ...en } as const);
