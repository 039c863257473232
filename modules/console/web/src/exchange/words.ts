/* The texts of the hand-overs between 110 and the hotline. */
import { words } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words(zh, en);
