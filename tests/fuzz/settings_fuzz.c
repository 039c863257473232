/* Any text as a configuration file: complaints are lines of UTF-8 without control bytes. */
#include "base/settings.h"
#include "must.h"

#include <stdlib.h>
#include <string.h>

static const char *const forms[] = { "logfmt", "json", NULL };

static const struct setting table[] = {
	{ .name = "workers",
	  .kind = SETTING_INT,
	  .fallback = "8",
	  .min = 1,
	  .max = 64,
	  .help = "Threads." },
	{ .name = "log_form",
	  .kind = SETTING_CHOICE,
	  .fallback = "logfmt",
	  .choices = forms,
	  .help = "Form." },
	{ .name = "is_strict",
	  .kind = SETTING_BOOL,
	  .fallback = "false",
	  .help = "Strictness." },
	{ .name = "title", .kind = SETTING_TEXT, .fallback = "x", .help = "Name." },
	{ .name = "allow", .kind = SETTING_LIST, .fallback = "", .help = "Networks." },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static bool is_added;
	char *complaints = NULL;
	size_t size = 0;

	if (!is_added)
		settings_add("server", table);
	is_added = true;
	FILE *out = open_memstream(&complaints, &size);

	must(out != NULL);
	bool is_good = settings_check((struct str){ (const char *)input, n }, "fuzz.conf", out);

	fclose(out);
	must(is_good == (size == 0));
	must(str_code_points((struct str){ complaints, size }) != SIZE_MAX);
	for (size_t i = 0; i < size; i++)
		must((unsigned char)complaints[i] >= 0x20 || complaints[i] == '\n');
	must(is_good || complaints[size - 1] == '\n');
	free(complaints);
	return 0;
}
