/*
 * The scanner's client, as the start of the service sees it; the rest is include/virus_scan.h.
 */
#pragma once

#include "setting.h"

extern const struct setting virus_scan_settings[];

/* Its metrics; start-up only. */
void virus_scan_start(void);
