/*
 * The text of a correction: its heads, for the writer and the reader.
 */
#pragma once

#include "reports/lines.h"

#define CORRECTION_FIRST "liandong-correction/1\n"
#define CORRECTION_FIGURES "[figures]\nscope\tkind\tdepartment\tmeasure\twas_num\twas_den" \
	"\tnum\tden\n"
#define CORRECTION_TASKS "[tasks]\ntask\tdepartment\tmeasure\twas\twas_why\tnow\tnow_why\n"

/* Cells of a line of figures. */
enum { FIGURE_SCOPE, FIGURE_KIND, FIGURE_DEPARTMENT, FIGURE_MEASURE, FIGURE_WAS_NUM,
       FIGURE_WAS_DEN, FIGURE_NUM, FIGURE_DEN };
/* Cells of a line of tasks. */
enum { MOVE_TASK, MOVE_DEPARTMENT, MOVE_MEASURE, MOVE_WAS, MOVE_WAS_WHY, MOVE_NOW,
       MOVE_NOW_WHY };
