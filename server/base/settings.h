/*
 * The values behind setting.h: all tables joined, read from defaults, file, environment and
 * command line, checked whole and then published by one atomic pointer.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "setting.h"

/* Makes a table known; start-up only. A name twice or without help is our bug and aborts. */
void settings_add(const char *owner, const struct setting *table);
/* Value given on the command line or by the demo; before settings_load(). */
void settings_override(const char *name, const char *value);
/* file may be NULL. False: complaints stand on `complaints`, one a line, with file and line. */
bool settings_load(const char *file, FILE *complaints) MUST_USE;
/* The same checks on the text of a file alone; nothing is published. */
bool settings_check(struct str text, const char *file, FILE *complaints) MUST_USE;
/* The whole table as a commented configuration file with defaults. */
void settings_write_sample(FILE *out);
/* name=value of everything in force and where it came from. */
void settings_write_values(FILE *out);
