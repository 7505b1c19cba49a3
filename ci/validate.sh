#!/usr/bin/env bash
# A pull request: its documents are checked, with no credentials and without the marketplace.
#
# ACCOUNT  the accounts whose comments say so where they have mistakes, with commas between
# PROJECT  the folder of reconcile.yaml in the repository, when it is not the top
# Leaves   reconcile/validate/findings.sarif, findings.xml (JUnit) and findings.json; reconcile/codequality.json
# Ends     as `reconcile validate` does: 1 where a document has a mistake
set -uo pipefail
cd "${PROJECT:-.}" || exit
out="reconcile/validate"
rm -rf "$out" reconcile/codequality.json && mkdir -p "$out"

form=text # people read the log on GitLab; GitHub shows annotations at the lines of the pull request
if [ -n "${GITHUB_ACTIONS:-}" ]; then form=annotations; fi
ended=0
reconcile validate --format "$form" --report "json=$out/findings.json" --report "sarif=$out/findings.sarif" \
  --report "junit=$out/findings.xml" --report codequality=reconcile/codequality.json || ended=$?
if [ "$ended" = 0 ] || [ -z "${GITHUB_HEAD_REF:-}${CI_MERGE_REQUEST_IID:-}" ]; then exit "$ended"; fi

# There will be no plan, and an older one must not stand there as if it were that of the last push.
IFS=", " read -ra accounts <<< "$ACCOUNT"
found=()
if [ -s "$out/findings.json" ]; then found=(--findings "$out/findings.json"); fi
reconcile ci comment --no-plan "$ended" "${accounts[@]/#/--account=}" ${found[@]+"${found[@]}"}
exit "$ended"
