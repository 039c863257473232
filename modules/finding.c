#include "finding.h"

uint32_t finding_alike(struct tx *tx, struct str text, uint64_t since_id, struct finding *out,
		       uint32_t max)
{
	(void)tx;
	(void)text;
	(void)since_id;
	(void)out;
	(void)max;
	return 0;
}
