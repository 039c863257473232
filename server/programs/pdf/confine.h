/*
 * Giving up what a program that turns text into pages has no use for: sockets, other programs,
 * files to write, much time and much memory. It works on text of strangers with large
 * libraries; what these can be talked into shall reach nothing.
 *
 * Threads: before any is started.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

/*
 * For the rest of the process, and for good. What is open already can be written: standard
 * output. False when the kernel refuses; errno says why.
 */
bool confine(void) MUST_USE;
