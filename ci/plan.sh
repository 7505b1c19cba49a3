#!/usr/bin/env bash
# A pull request whose documents are valid: a plan with credentials that only read, its report, and one comment.
#
# ACCOUNT  an account of reconcile.yaml
# PROJECT  the folder of reconcile.yaml in the repository, when it is not the top
# Leaves   reconcile/$ACCOUNT/plan.json and report.html, to be kept: `apply.sh` applies that plan after the merge;
#          reconcile/codequality.json, what is wrong as GitLab reads it
# Ends     as `reconcile plan` does: 3 where a guard refuses
set -uo pipefail
cd "${PROJECT:-.}" || exit
out="reconcile/$ACCOUNT"
rm -rf "$out" reconcile/codequality.json && mkdir -p "$out"

# What the target branch asks for already is not of this pull request. GitHub checks out a trial merge into it.
base="${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}"
if [ -n "${GITHUB_BASE_REF:-}" ] && git rev-parse -q --verify 'HEAD^2' >/dev/null; then base='HEAD^1'; fi
git rev-parse -q --verify "$base^{commit}" >/dev/null || base="" # a shallow clone has it not: the plan goes without

ended=0
reconcile plan --account "$ACCOUNT" --out "$out/plan.json" ${base:+--base "$base"} || ended=$?
if [ -s "$out/plan.json" ]; then
  if [ -n "${GITHUB_ACTIONS:-}" ]; then reconcile show "$out/plan.json" --format annotations; fi
  reconcile show "$out/plan.json" --format codequality > reconcile/codequality.json
  reconcile show "$out/plan.json" --format html --out "$out/report.html"
  reconcile ci comment "$out/plan.json"
else
  reconcile ci comment --account "$ACCOUNT" --no-plan "$ended"
fi || { [ "$ended" != 0 ] || ended=1; }
exit "$ended"
