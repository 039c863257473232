/*
 * What is found wrong: one line each on an output, and how many there were.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

struct findings {
	FILE *out;
	uint64_t count;
};

/* Statuses of the program. */
enum { STATUS_GOOD, STATUS_WRONG, STATUS_UNREADABLE };

/* Prints the line and counts it. */
void finding(struct findings *findings, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "position P: ..." */
void finding_at(struct findings *findings, uint64_t position, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
