/* A program without OIDC. */
#include "oidc.h"
#include "out/oidc_settings.h"

const bool oidc_is_built = false;

bool oidc_is_on(void)
{
	return false;
}

enum oidc_outcome oidc_begin(struct arena *a UNUSED, struct oidc_flow *ret_flow UNUSED,
			     struct str *ret_url UNUSED)
{
	return OIDC_OFF;
}

enum oidc_outcome oidc_finish(struct arena *a UNUSED, const struct oidc_flow *flow UNUSED,
			      const struct oidc_answer *answer UNUSED,
			      struct oidc_person *ret_person UNUSED)
{
	return OIDC_OFF;
}

enum oidc_outcome oidc_end(struct arena *a UNUSED, struct str *ret_url UNUSED)
{
	return OIDC_OFF;
}
