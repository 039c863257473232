#include "out/manners.h"

#include "must.h"

#define SET(option, value) must(curl_easy_setopt(easy, option, value) == CURLE_OK)

void manners_set(CURL *easy, const struct manners *manners)
{
	SET(CURLOPT_PROTOCOLS_STR, manners->is_http_allowed ? "http,https" : "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_USERAGENT, manners->agent);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* Else the end of an attempt waits for a name server that does not answer. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, manners->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, manners->timeout_ms);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}
