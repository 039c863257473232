/*
 * The console's files: built from modules/console/web, carried precompressed in the binary,
 * named by their content and therefore cached for ever, except for the page itself.
 */
#include "domain.h"
#include "module.h"
#include "setting.h"

#define PAGE_POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " \
	"connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; " \
	"frame-ancestors 'none'"

/* Whether Accept-Encoding names the coding; a q of 0 does not occur in what browsers send. */
static bool accepts(struct str accepted, const char *coding)
{
	struct str wanted = str_of(coding);

	for (size_t i = 0; i + wanted.n <= accepted.n; i++) {
		bool starts = i == 0 || accepted.p[i - 1] == ' ' || accepted.p[i - 1] == ',';
		if (starts && str_starts((struct str){ accepted.p + i, accepted.n - i }, wanted))
			return true;
	}
	return false;
}

static struct reply reply_asset(struct req *r, const struct asset *asset)
{
	struct str accepted = req_header(r, "accept-encoding");
	struct str bytes = asset->bytes;

	reply_header(r, "Content-Security-Policy", "%s", PAGE_POLICY);
	/* The page's own requests name where they come from; those to others do not. */
	reply_header(r, "Referrer-Policy", "same-origin");
	reply_header(r, "Vary", "Accept-Encoding");
	reply_header(r, "ETag", "%s", asset->etag);
	reply_header(r, "Cache-Control", "%s", asset->is_immutable ?
		     "public, max-age=31536000, immutable" : "no-cache");
	if (str_is(req_header(r, "if-none-match"), asset->etag))
		return reply_bytes(r, 304, STR_NONE, STR(""));
	if (asset->brotli.p && accepts(accepted, "br")) {
		bytes = asset->brotli;
		reply_header(r, "Content-Encoding", "br");
	} else if (asset->gzip.p && accepts(accepted, "gzip")) {
		bytes = asset->gzip;
		reply_header(r, "Content-Encoding", "gzip");
	}
	return reply_bytes(r, 200, str_of(asset->content_type), bytes);
}

static struct reply console_page(struct req *r)
{
	const struct asset *asset = asset_find(STR("/"));

	return asset ? reply_asset(r, asset) : reply_missing(r);
}

static struct reply console_file(struct req *r)
{
	struct str name = arena_printf(req_arena(r), "/assets/%.*s",
				       STR_ARG(req_path(r, "file")));
	const struct asset *asset = asset_find(name);

	return asset ? reply_asset(r, asset) : reply_missing(r);
}

/* The caller's page; a link's token is the page's own affair. */
static struct reply progress_page(struct req *r)
{
	const struct asset *asset = setting_bool("public_page") ? asset_find(STR("/progress")) :
								  NULL;

	return asset ? reply_asset(r, asset) : reply_missing(r);
}

static struct reply link_page(struct req *r)
{
	return progress_page(r);
}

static const struct route routes[] = {
	{ ROUTE(console_page) },
	{ ROUTE(console_file) },
	{ ROUTE(progress_page) },
	{ ROUTE(link_page) },
	{ 0 }
};

const struct module console_module = {
	.name = "console",
	.purpose = "Serves the screens.",
	.routes = routes,
};
