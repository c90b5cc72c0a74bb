#!/usr/bin/env bash
# make_and_test.sh SLO_RULES PROMTOOL OBJECTIVES FOLDER: the rules of the objectives, checked and tested by promtool.
set -euo pipefail
slo_rules=$1 promtool=$2 objectives=$3 folder=$4
"$slo_rules" "$objectives" >"$folder/rules.yml"
"$slo_rules" "$objectives" --tests rules.yml >"$folder/rules_test.yml"
"$promtool" check rules "$folder/rules.yml"
"$promtool" test rules "$folder/rules_test.yml"
