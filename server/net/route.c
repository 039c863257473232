/*
 * A tree of path segments. A segment is tried as a literal first and as each {name} after it,
 * with a step back when the rest does not fit; paths are short, so this stays cheap.
 */
#include "net/route.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "net/access.h"
#include "net/target.h"

enum { METHODS = METHOD_DELETE + 1 };

struct node {
	struct str text;	/* literal segment, or the literal tail behind a {name} */
	struct str name;	/* STR_NONE for a literal */
	struct node **children;	/* literals in order of text, then names, longest tail first */
	size_t child_count;
	const struct route *routes[METHODS];
	const struct route *raw[METHODS];
};

struct route_table {
	struct node root;
	struct str byte_paths[ROUTE_BYTE_PATHS_MAX];
	size_t byte_path_count;
};

const char *method_name(enum method method)
{
	static const char *const names[METHODS] = {
		[METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_PUT] = "PUT",
		[METHOD_DELETE] = "DELETE",
	};

	return (size_t)method < METHODS && names[method] ? names[method] : "unknown";
}

struct route_table *route_table_new(void)
{
	struct route_table *t = calloc(1, sizeof(*t));

	must(t);
	return t;
}

static void node_clear(struct node *n)
{
	for (size_t i = 0; i < n->child_count; i++) {
		node_clear(n->children[i]);
		free(n->children[i]);
	}
	free(n->children);
}

void route_table_free(struct route_table *t)
{
	if (!t)
		return;
	node_clear(&t->root);
	free(t);
}

/* ---- building ---- */

static int text_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int node_compare(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;

	if ((x->name.p != NULL) != (y->name.p != NULL))
		return x->name.p ? 1 : -1;
	if (x->name.p && x->text.n != y->text.n)
		return x->text.n > y->text.n ? -1 : 1;
	return text_compare(x->text, y->text);
}

/* Takes the next segment off *path, which begins with a slash. */
static struct str take_segment(struct str *path)
{
	struct str rest = { path->p + 1, path->n - 1 };
	const char *end = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
	struct str segment = { rest.p, end ? (size_t)(end - rest.p) : rest.n };

	path->p = rest.p + segment.n;
	path->n = rest.n - segment.n;
	return segment;
}

/* Takes "{period}.csv" apart; a literal has no name. False when braces do not fit. */
static bool segment_parse(struct str segment, struct node *ret)
{
	*ret = (struct node){ .text = segment };
	if (segment.n == 0 || segment.p[0] != '{')
		return !memchr(segment.p, '{', segment.n) && !memchr(segment.p, '}', segment.n);
	const char *end = memchr(segment.p, '}', segment.n);
	if (!end || end == segment.p + 1)
		return false;
	ret->name = (struct str){ segment.p + 1, (size_t)(end - segment.p) - 1 };
	ret->text = (struct str){ end + 1, segment.n - ret->name.n - 2 };
	return !memchr(ret->text.p, '{', ret->text.n) && !memchr(ret->text.p, '}', ret->text.n);
}

/* The child for this segment, made if it is new. NULL: another name stands in its place. */
static struct node *node_child(struct node *parent, const struct node *wanted)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		struct node *child = parent->children[i];

		if ((child->name.p != NULL) != (wanted->name.p != NULL) ||
		    !str_eq(child->text, wanted->text))
			continue;
		return child->name.p && !str_eq(child->name, wanted->name) ? NULL : child;
	}
	struct node *child = malloc(sizeof(*child));
	struct node **children = realloc(parent->children,
					 (parent->child_count + 1) * sizeof(*children));
	must(child && children);
	*child = *wanted;
	children[parent->child_count++] = child;
	parent->children = children;
	qsort(children, parent->child_count, sizeof(*children), node_compare);
	return child;
}

/* Up to its name: the guard knows a long body by this. */
static struct str byte_path(const struct access *access)
{
	return (struct str){ access->path, (size_t)(strchr(access->path, '{') - access->path) };
}

/* NULL, or why the route cannot be taken. */
static const char *route_add(struct route_table *t, const struct route *route)
{
	const struct access *access = route->access;
	struct str path = str_of(access->path);
	struct node *at = &t->root, wanted;
	size_t depth = 0, names = 0;

	if (access->method < METHOD_GET || access->method > METHOD_DELETE)
		return "unknown method";
	if (!route->handle)
		return "no handler";
	if (path.n == 0 || path.p[0] != '/')
		return "the path does not begin with a slash";
	while (path.n > 0 && !(route->is_raw && str_is(path, "/"))) {
		if (!segment_parse(take_segment(&path), &wanted))
			return "malformed segment";
		names += wanted.name.p != NULL;
		if (++depth > ROUTE_DEPTH_MAX || names >= ROUTE_NAMES_MAX)
			return "too many segments or names";
		at = node_child(at, &wanted);
		if (!at)
			return "another route has another name in this place";
	}
	const char *why = access_flaw(access);
	if (why)
		return why;
	if (route->takes_bytes && (access->method != METHOD_PUT || route->is_raw || names != 1 ||
				   !wanted.name.p || t->byte_path_count == ROUTE_BYTE_PATHS_MAX))
		return "bytes are taken by a PUT with one name, at the end of its path";
	if (route->is_raw && names > 0)
		return "a raw route takes no names";
	const struct route **slot = route->is_raw ? &at->raw[access->method] :
						    &at->routes[access->method];
	if (*slot)
		return "the route exists twice";
	*slot = route;
	if (route->takes_bytes)
		t->byte_paths[t->byte_path_count++] = byte_path(access);
	return NULL;
}

const struct str *route_byte_paths(const struct route_table *t, size_t *ret_n)
{
	*ret_n = t->byte_path_count;
	return t->byte_paths;
}

bool route_table_add(struct route_table *t, const struct route *routes, const char *owner,
		     FILE *complaints)
{
	bool is_fine = true;

	for (; routes && routes->access; routes++) {
		const char *why = route_add(t, routes);

		if (!why)
			continue;
		fprintf(complaints, "%s: %s %s: %s\n", owner,
			method_name(routes->access->method), routes->access->path, why);
		is_fine = false;
	}
	return is_fine;
}

/* ---- looking up ---- */

struct search {
	enum method method;
	struct arena *arena;
	struct route_match *match;
	const struct route *raw;	/* of the longest prefix so far */
	struct str raw_rest;
};

/* Does the decoded segment fit this node, and which part of it is the {name}'s value? */
static bool node_fits(const struct node *n, struct str segment, struct str *ret_value)
{
	if (!n->name.p)
		return str_eq(n->text, segment);
	if (segment.n <= n->text.n)
		return false;
	struct str tail = { segment.p + segment.n - n->text.n, n->text.n };
	*ret_value = (struct str){ segment.p, segment.n - n->text.n };
	return str_eq(tail, n->text);
}

static void note_allowed(struct search *s, const struct node *n)
{
	for (uint32_t m = METHOD_GET; m < METHODS; m++)
		if (n->routes[m])
			s->match->allowed |= UINT32_C(1) << m;
}

static bool node_search(struct search *s, const struct node *n, struct str path, size_t depth)
{
	struct route_match *m = s->match;
	struct str segment, value = STR_NONE;

	if (n->raw[s->method] && path.n > 0) {
		s->raw = n->raw[s->method];
		s->raw_rest = (struct str){ path.p + 1, path.n - 1 };
	}
	if (path.n == 0) {
		note_allowed(s, n);
		m->route = n->routes[s->method];
		return m->route != NULL;
	}
	if (depth == ROUTE_DEPTH_MAX ||
	    !target_decode(s->arena, take_segment(&path), false, &segment))
		return false;
	for (size_t i = 0; i < n->child_count; i++) {
		const struct node *child = n->children[i];
		size_t names = m->n;

		if (!node_fits(child, segment, &value))
			continue;
		if (child->name.p)
			m->names[m->n++] = (struct route_name){ child->name, value };
		if (node_search(s, child, path, depth + 1))
			return true;
		m->n = names;
	}
	return false;
}

void route_find(const struct route_table *t, enum method method, struct str path,
		struct arena *a, struct route_match *ret)
{
	struct search s = { .method = method, .arena = a, .match = ret };
	struct str rest;

	*ret = (struct route_match){ 0 };
	if (path.n == 0 || path.p[0] != '/' || node_search(&s, &t->root, path, 0))
		return;
	if (ret->allowed || !s.raw || !target_decode(a, s.raw_rest, false, &rest))
		return;
	ret->route = s.raw;
	ret->n = 1;
	ret->names[0] = (struct route_name){ STR(ROUTE_REST), rest };
}

bool route_takes_query(const struct route *route, struct str name)
{
	struct str list = str_of(route->query);

	while (list.n > 0) {
		const char *end = memchr(list.p, ' ', list.n);
		struct str word = { list.p, end ? (size_t)(end - list.p) : list.n };

		if (word.n > 0 && (str_eq(word, name) || str_is(word, "*")))
			return true;
		list.p += word.n + (end != NULL);
		list.n -= word.n + (end != NULL);
	}
	return false;
}
