/* The page of metrics in the Prometheus text format. */
#include "metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct metric fast = { .name = "liandong_done_total", .help = "Requests done.",
			      .labels = "lane=\"fast\"", .kind = METRIC_COUNTER };
static struct metric depth = { .name = "liandong_depth", .help = "Now\\then\nwaiting.",
			       .kind = METRIC_GAUGE };
static struct metric slow = { .name = "liandong_done_total", .help = "Requests done.",
			      .labels = "lane=\"slow\"", .kind = METRIC_COUNTER };

static void a_name_has_one_head_before_all_its_label_sets(void **state)
{
	struct buf out;

	(void)state;
	metric_register(&fast);
	metric_register(&depth);
	metric_register(&slow);
	metric_add(&fast, 2);
	metric_add(&fast, 3);
	metric_set(&depth, -1);
	buf_init(&out, 4096);
	metric_write(&out);
	assert_true(str_is(buf_str(&out),
			   "# HELP liandong_done_total Requests done.\n"
			   "# TYPE liandong_done_total counter\n"
			   "liandong_done_total{lane=\"fast\"} 5\n"
			   "liandong_done_total{lane=\"slow\"} 0\n"
			   "# HELP liandong_depth Now\\\\then\\nwaiting.\n"
			   "# TYPE liandong_depth gauge\n"
			   "liandong_depth -1\n"));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_one_head_before_all_its_label_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
