/* Departments and the catalogue: read once after sign-in, then looked up by code. */
import { computed, signal } from "@preact/signals";
import { api } from "../api/endpoints";
import type { Area, Catalogue, Category, Department } from "../api/types";
import { language } from "./prefs";

export const departments = signal<Department[]>([]);
export const catalogue = signal<Catalogue | null>(null);

const departmentByCode = computed(() => new Map(departments.value.map(d => [d.code, d])));
const categoryByCode = computed(() =>
	new Map((catalogue.value?.categories ?? []).map(c => [c.code, c])));
const areaByCode = computed(() => new Map((catalogue.value?.areas ?? []).map(a => [a.code, a])));

export async function loadReference() {
	const [units, table] = await Promise.all([api.departments(), api.catalogue()]);
	departments.value = units;
	catalogue.value = table;
}

export function nameOf(entry: Department | Category | Area): string {
	return language.value === "en" && entry.name_en ? entry.name_en : entry.name;
}

export function departmentName(code: string): string {
	const department = departmentByCode.value.get(code);
	return department ? nameOf(department) : code;
}

export function areaName(code: string | null): string {
	const area = code === null ? undefined : areaByCode.value.get(code);
	return area ? nameOf(area) : code ?? "";
}

/** The category with its parents, outermost first. */
export function categoryLine(code: string | null): Category[] {
	const line: Category[] = [];
	let at = code === null ? undefined : categoryByCode.value.get(code);
	/* the bound ends a circle that a broken catalogue could hold */
	while (at && line.length < 8) {
		line.unshift(at);
		at = at.parent === null ? undefined : categoryByCode.value.get(at.parent);
	}
	return line;
}

export function categoryPath(code: string | null): string {
	return categoryLine(code).map(nameOf).join(" / ") || (code ?? "");
}
