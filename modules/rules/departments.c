/* Judging departments, which form a tree that people change while it is used. */
#include "rules/departments.h"

#include <string.h>

const char *const department_kind_names[] = {
	"district", "bureau", "street", "utility", "police", NULL
};

static const struct department_complaint no_complaint = { .field = NULL };

/* ---- one ---- */

static bool is_line(struct str s, size_t most)
{
	size_t n = str_code_points(s);

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return n != SIZE_MAX && n <= most;
}

/* Lower-case letters and digits, as they are typed to find it. */
static bool are_initials(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	return s.n <= DEPARTMENT_INITIALS_CHARS;
}

static bool is_phone(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !strchr("+-, ()", s.p[i]))
			return false;
	return s.n <= DEPARTMENT_PHONE_CHARS;
}

struct department_complaint department_check_alone(const struct department *d)
{
	if (!str_is_code(d->code, DEPARTMENT_CODE_CHARS) || memchr(d->code.p, '.', d->code.n))
		return (struct department_complaint){ "code", "malformed",
			"Give 1 to 16 letters, digits, _ or -." };
	if (str_is_empty(str_trim(d->name)) || !is_line(d->name, DEPARTMENT_NAME_CHARS))
		return (struct department_complaint){ "name", "required",
			"Give a name of 1 to 100 characters." };
	if (str_is_empty(str_trim(d->name_en)) || !is_line(d->name_en, DEPARTMENT_NAME_CHARS))
		return (struct department_complaint){ "name_en", "required",
			"Give an English name of 1 to 100 characters; where there is none yet, "
			"the name once more." };
	if (str_index(d->kind, department_kind_names) < 0)
		return (struct department_complaint){ "kind", "unknown_code",
			"Give district, bureau, street, utility or police." };
	if (!str_is_code(d->peer_group, DEPARTMENT_GROUP_CHARS))
		return (struct department_complaint){ "peer_group", "malformed",
			"Give the group it is compared in: 1 to 32 letters, digits, _ . or -." };
	if (!are_initials(d->initials))
		return (struct department_complaint){ "initials", "malformed",
			"Give at most 32 lower-case letters and digits, or nothing." };
	if (!is_phone(d->phone))
		return (struct department_complaint){ "phone", "malformed",
			"Give at most 32 digits, blanks and + - ( ) or a comma, or nothing." };
	return no_complaint;
}

/* ---- among all ---- */

static bool is_name_taken(const struct reference *all, const struct department *d)
{
	for (uint32_t i = 0; i < all->department_count; i++) {
		const struct department *other = &all->departments[i];

		if (!other->is_off && !d->is_off && str_eq(other->name, d->name) &&
		    !str_eq(other->code, d->code))
			return true;
	}
	return false;
}

struct department_complaint department_check_among(const struct reference *all,
						   const struct department *d)
{
	const struct department *parent = reference_department(all, d->parent);

	if (d->parent.n && !parent)
		return (struct department_complaint){ "parent", "unknown_code",
			"There is no such department to stand below." };
	if (parent && reference_is_within(all, parent->code, d->code))
		return (struct department_complaint){ "parent", "circle",
			"That one is itself or stands below it; the tree would bite its tail." };
	if (parent && parent->is_off && !d->is_off)
		return (struct department_complaint){ "parent", "switched_off",
			"The department to stand below is switched off." };
	if (is_name_taken(all, d))
		return (struct department_complaint){ "name", "taken",
			"Another department has this name." };
	return no_complaint;
}

bool department_is_same(const struct department *a, const struct department *b)
{
	return str_eq(a->name, b->name) && str_eq(a->name_en, b->name_en) &&
	       str_eq(a->parent, b->parent) && str_eq(a->kind, b->kind) &&
	       str_eq(a->peer_group, b->peer_group) && a->takes_tasks == b->takes_tasks &&
	       str_eq(a->initials, b->initials) && str_eq(a->phone, b->phone);
}

struct str department_line(struct arena *a, const struct department *d)
{
	return arena_printf(a, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%d\t%.*s\t%.*s",
			    STR_ARG(d->code), STR_ARG(d->name), STR_ARG(d->name_en),
			    STR_ARG(d->parent), STR_ARG(d->kind), STR_ARG(d->peer_group),
			    d->takes_tasks, STR_ARG(d->initials), STR_ARG(d->phone));
}

struct reference departments_with(struct arena *a, const struct reference *old,
				  const struct department *changes, uint32_t count)
{
	struct department *all = arena_array_of(a, struct department,
						old->department_count + count);
	struct reference with = { .departments = all,
				  .department_count = old->department_count };

	if (old->department_count)
		memcpy(all, old->departments, old->department_count * sizeof(*all));
	for (uint32_t i = 0; i < count; i++) {
		const struct department *there = reference_department(old, changes[i].code);
		struct department *at = &all[there ? (size_t)(there - old->departments) :
						     with.department_count++];

		*at = changes[i];
		at->is_off = there && there->is_off;
		at->version = there ? there->version : 1;
	}
	reference_sort_departments(all, with.department_count);
	return with;
}
