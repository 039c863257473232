#!/bin/sh
# Runs fuzz targets over their kept corpora: tests/fuzz/run.sh SECONDS TARGET...
# New inputs go to build/fuzz/<name>.corpus, so that the kept ones change by choice only.
set -eu
seconds=$1
shift
failed=0
for target in "$@"; do
	name=$(basename "$target" _fuzz)
	mkdir -p "build/fuzz/$name.corpus"
	if "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=5 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$name-" "build/fuzz/$name.corpus" \
		"tests/fuzz/corpus/$name" > "build/fuzz/$name.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log")
		echo "ok - fuzz $name: nothing found in $seconds s, ${runs:-0} runs"
	else
		echo "not ok - fuzz $name: see build/fuzz/$name.log"
		tail -n 20 "build/fuzz/$name.log"
		failed=1
	fi
done
exit $failed
