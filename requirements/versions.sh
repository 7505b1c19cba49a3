#!/bin/sh
# The short suite beside the locked environment: the lowest versions that pyproject.toml allows, on the oldest Python
# that this machine has of those that it allows; the newest ones, on the newest; and the core of it on each between.
set -eu
cd "$(dirname "$0")/.."
python=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# What the versions of packages can break, at a few seconds each; the rest of the suite runs on the lock. The engine
# uses no package to speak of, so it is not asked on the lowest versions.
packages="tests/cli tests/documents tests/providers tests/e2e
  tests/sources/test_sheet.py tests/sources/test_http_xml.py tests/sources/test_http_answers.py tests/sources/test_sql.py"

short() {
  python_here=$1 told=$2
  shift 2
  echo "short suite: $told, $("$python_here" --version)"
  "$python_here" -m pytest -n 2 --dist loadfile -q -p no:cacheprovider "$@"
}

# What the system brings along is often older than what is installed beside it: Debian 12 has 3.11.2.
oldest=$(for each in "$python" /usr/bin/python3; do
  "$each" -c 'import platform, sys, ensurepip
if sys.version_info >= (3, 11): print(platform.python_version(), sys.executable)' 2>/dev/null || true
done | sort -V | head -n 1)
sh requirements/install.sh "${oldest#* }" "$place/lowest" requirements/lowest.txt
short "$place/lowest/bin/python" "lowest versions" $packages

newest=$python
for version in 3.12 3.13 3.14; do
  newer=$(requirements/python.sh "$version" || true)
  if [ -z "$newer" ]; then
    echo "short suite: no Python $version on this machine, left out"
    continue
  fi
  if [ "$newest" != "$python" ]; then
    sh requirements/install.sh "$newest" "$place/between" requirements/lock.txt
    short "$place/between/bin/python" "locked versions" tests/documents tests/engine tests/e2e
    rm -rf "$place/between"
  fi
  newest=$newer
done

"$newest" -m venv "$place/newest"
"$place/newest/bin/python" -m pip install --quiet -e '.[dev]'
short "$place/newest/bin/python" "newest versions" $packages tests/engine
