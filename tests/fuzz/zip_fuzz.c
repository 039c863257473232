/* Any bytes as an archive, judged by its directory whatever it begins with. */
#include "rules/file_kind.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	struct file_look look = { .kind = FILE_DOCX };
	/* A copy that ends where it ends. */
	char *bytes = malloc(n ? n : 1);

	must(bytes);
	if (n)
		memcpy(bytes, input, n);
	enum file_fault fault = zip_look((struct str){ bytes, n }, &look);

	must(fault < FILE_FAULTS);
	must(fault != FILE_FINE || look.kind == FILE_DOCX || look.kind == FILE_XLSX);
	free(bytes);
	return 0;
}
