/*
 * The service about itself: its interface description, and the test clock of a demo.
 */
#include "clock.h"
#include "domain.h"
#include "module.h"
#include "test_clock.h"

static struct reply openapi_show(struct req *r)
{
	const struct asset *asset = asset_find(STR("openapi.json"));

	if (!asset)
		return reply_missing(r);
	return reply_bytes(r, 200, str_of(asset->content_type), asset->bytes);
}

static struct reply reply_clock(struct req *r)
{
	struct json *j = req_json(r);

	json_object(j, NULL);
	json_time(j, "now", clock_now());
	json_close(j);
	return reply_ok(r);
}

static struct reply clock_show(struct req *r)
{
	return clock_is_test() ? reply_clock(r) : reply_missing(r);
}

struct clock_form {
	int64_t now;
};

static const struct field clock_fields[] = {
	{ "now", FIELD_TIME, offsetof(struct clock_form, now), .required = true },
	{ 0 }
};

static const char *const later_only[] = { "later", NULL };

/* On the slow lane: a long move must not hold up requests. */
static struct reply clock_put(struct req *r)
{
	struct clock_form form;

	if (!clock_is_test())
		return reply_missing(r);
	if (!req_form(r, clock_fields, &form))
		return reply_invalid(r);
	if (form.now < clock_now())
		return reply_conflict(r, "clock_goes_back", later_only,
				      "The test clock never goes back.");
	if (!jobs_advance(form.now))
		tx_fail(req_tx(r), TX_AWAY);
	return reply_clock(r);
}

static const struct route routes[] = {
	{ ROUTE(openapi_show) },
	{ ROUTE(clock_show) },
	{ ROUTE(clock_put), .lane = LANE_SLOW },
	{ 0 }
};

const struct module system_module = {
	.name = "system",
	.purpose = "Describes the interface and moves the test clock of a demo.",
	.routes = routes,
};
