#!/usr/bin/env bash
# A merge: the plan that was reviewed is applied, and the comment of the pull request tells what became of it.
#
# ACCOUNT  an account of reconcile.yaml
# PROJECT  the folder of reconcile.yaml in the repository, when it is not the top
# Leaves   reconcile/$ACCOUNT/reviewed.json, report.json and report.html
# Ends     as `reconcile apply` does: 5 where a part was refused, 6 where no reviewed plan is there
set -uo pipefail
cd "${PROJECT:-.}" || exit
out="reconcile/$ACCOUNT"
rm -rf "$out" && mkdir -p "$out"

reconcile ci reviewed --account "$ACCOUNT" --out "$out/reviewed.json" || exit
approvers=$(reconcile ci approvers) || exit
ended=0
reconcile apply --reviewed "$out/reviewed.json" --approved-by "$approvers" --lock-timeout 1800 \
  --auto-approve --json > "$out/report.json" || ended=$?
reconcile show "$out/report.json" &&
  reconcile show "$out/report.json" --format html --out "$out/report.html" &&
  reconcile ci comment "$out/report.json" || { [ "$ended" != 0 ] || ended=1; }
exit "$ended"
