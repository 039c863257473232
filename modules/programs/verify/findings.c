/*
 * Printing what is wrong, and counting it.
 */
#include "verify/findings.h"

#include <inttypes.h>
#include <stdarg.h>

static void say(struct findings *findings, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
static void say(struct findings *findings, const char *format, va_list arguments)
{
	vfprintf(findings->out, format, arguments);
	fputc('\n', findings->out);
	findings->count++;
}

void finding(struct findings *findings, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(findings, format, arguments);
	va_end(arguments);
}

void finding_at(struct findings *findings, uint64_t position, const char *format, ...)
{
	va_list arguments;

	fprintf(findings->out, "position %" PRIu64 ": ", position);
	va_start(arguments, format);
	say(findings, format, arguments);
	va_end(arguments);
}
