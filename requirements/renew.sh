#!/bin/sh
# Renew the locks: what `make` and CI install, and the lowest versions that the package allows. Needs `uv`.
set -eu
cd "$(dirname "$0")/.."
compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command "make lock" "$@"
}
extras="--extra dev --extra keyring --extra mysql --extra postgresql --extra s3"
# shellcheck disable=SC2086  # the extras are words of their own
compile $extras --upgrade --output-file requirements/lock.txt pyproject.toml requirements/build.in
grep -E '^(pytest|pytest-xdist|hypothesis)==' requirements/lock.txt | sed 's/ *\\$//' >requirements/.tests.in
# shellcheck disable=SC2086
compile --extra mysql --extra postgresql --resolution lowest-direct --upgrade --output-file requirements/lowest.txt \
  pyproject.toml requirements/build.in requirements/.tests.in
rm requirements/.tests.in
compile --upgrade --output-file requirements/judges.txt requirements/judges.in
