/* Any file for a bundle: the verifier ends with a status, whatever the file holds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "verify/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	FILE *out = fopen("/dev/null", "we");

	if (!out)
		abort();
	int status = bundle_verify((struct text){ (const char *)input, n }, NULL, out);
	if (status < STATUS_GOOD || status > STATUS_UNREADABLE)
		abort();
	fclose(out);
	return 0;
}
