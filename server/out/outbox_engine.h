/*
 * The sending side of the outbox (outbox.h): claims due messages, sends them, records what came
 * of it. All of it lives on the loop thread; the database is touched by pieces of work on
 * LANE_JOB only, one at a time, each of which writes the results of many attempts and claims
 * the next messages in one transaction.
 *
 * Threads: loop thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "setting.h"

extern const struct setting outbox_settings[];

/* What the settings say wrongly (a network, the schedule); call once after settings_load(). */
bool outbox_settings_check(char *why, size_t why_size) MUST_USE;

/* After the migrations, the workers and crypto_start(). Begins at once. */
void outbox_start(void);
/* Claims and sends nothing more; what is in flight may end. */
void outbox_drain(void);
/* After outbox_drain(): nothing is in flight and every result is durable, or 5 s went by. */
bool outbox_is_drained(void);
/* Cuts what is still in flight and frees all. Claims left behind are freed by the next start
 * on this machine, or run out. */
void outbox_stop(void);
