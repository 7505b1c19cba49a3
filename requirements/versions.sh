#!/bin/sh
# The short suite beside the locked environment: the lowest versions that pyproject.toml allows, the newest ones,
# and each newer Python that this machine has, with the lock.
set -eu
cd "$(dirname "$0")/.."
python=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# What the versions of packages can break, at a few seconds each; the rest of the suite runs on the lock. The engine
# uses no package to speak of, so it is asked on each Python only.
short() {
  echo "short suite: $2, $("$1" --version)"
  "$1" -m pytest -n 2 --dist loadfile -q -p no:cacheprovider \
    tests/cli tests/documents ${3-} tests/providers tests/e2e \
    tests/sources/test_sheet.py tests/sources/test_http_xml.py tests/sources/test_http_answers.py tests/sources/test_sql.py
}

sh requirements/install.sh "$python" "$place/lowest" requirements/lowest.txt
short "$place/lowest/bin/python" "lowest versions"

"$python" -m venv "$place/newest"
"$place/newest/bin/python" -m pip install --quiet -e '.[dev]'
short "$place/newest/bin/python" "newest versions"

for version in 3.12 3.13 3.14; do
  newer=$(requirements/python.sh "$version" || true)
  if [ -n "$newer" ]; then
    sh requirements/install.sh "$newer" "$place/$version" requirements/lock.txt
    short "$place/$version/bin/python" "locked versions" tests/engine
  else
    echo "short suite: no Python $version on this machine, left out"
  fi
done
