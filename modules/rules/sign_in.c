#include "rules/sign_in.h"

#include "bounds.h"

bool sign_in_returns_home(struct str path)
{
	if (path.n == 0 || path.n > LIMIT_OIDC_RETURN_BYTES || path.p[0] != '/')
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '\\' ||
		    (path.p[i] == '/' && i > 0 && path.p[i - 1] == '/'))
			return false;
	return !str_starts(path, STR("/api/"));
}

static bool has_word(const struct str *words, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], word))
			return true;
	return false;
}

bool sign_in_role(struct str rules, const struct str *words, size_t n,
		  struct role_rule *ret_rule)
{
	while (rules.n > 0) {
		struct str entry = str_trim(str_take(&rules, ','));
		struct role_rule rule = { .word = str_take(&entry, '=') };

		rule.role = str_take(&entry, ':');
		rule.unit = entry.n ? entry : STR_NONE;
		if (rule.word.n == 0 || rule.role.n == 0 || !has_word(words, n, rule.word))
			continue;
		*ret_rule = rule;
		return true;
	}
	return false;
}

bool sign_in_parts(struct str text, struct str ret_parts[FLOW_PARTS])
{
	for (size_t i = 0; i < FLOW_PARTS; i++) {
		if (text.n == 0)
			return false;
		ret_parts[i] = str_take(&text, ' ');
		if (ret_parts[i].n == 0)
			return false;
	}
	return text.n == 0;
}
