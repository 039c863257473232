/* What combo boxes offer of the catalogue, found by initials, pinyin, code or any part of the name. */
import type { Area, Category, Department } from "../api/types";
import { candidateOf, candidateOfCategory } from "../lib/match";
import { categoryPath, nameOf } from "../state/reference";
import type { ComboOption } from "./combo";

export const categoryOption = (one: Category): ComboOption => ({ value: one.code, label: categoryPath(one.code),
	note: `${one.initials} · ${one.code}`, candidate: candidateOfCategory(one) });

export const areaOption = (one: Area): ComboOption => ({ value: one.code, label: nameOf(one),
	note: `${one.initials} · ${one.code}`, candidate: candidateOf(one) });

export const unitOption = (one: Department): ComboOption => ({ value: one.code, label: nameOf(one),
	note: one.code, candidate: candidateOf(one) });
