/* Any text as a time: what is taken can be written and is read back as the same instant. */
#include "clock.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct str text = { (const char *)input, n };
	char again[40];
	int64_t at = 0, back = 0;

	if (clock_parse(text, &at)) {
		must(clock_parse(clock_format(at, again, sizeof(again)), &back));
		must(back == at - at % 1000);
	}
	if (clock_parse_http_date(text, &at)) {
		must(str_eq(text, clock_http_date(at, again, sizeof(again))));
		must(clock_parse(clock_format(at, again, sizeof(again)), &back));
		must(back == at);
	}
	return 0;
}
