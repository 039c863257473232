/*
 * The signer's client, as the start of the service sees it; the rest is include/signer.h.
 */
#pragma once

#include "setting.h"

extern const struct setting signer_settings[];

/* Its metrics; start-up only. */
void signer_start(void);
