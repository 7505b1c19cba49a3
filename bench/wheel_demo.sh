#!/bin/sh
# Build the wheel with the locked tools, install it where nothing of the checkout is, with the newest versions that
# it allows, and run the main job from it.
set -eu
python=${1:-python3}
checkout=$(pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$place/dist" "$checkout"
"$python" -m venv "$place/clean"
"$place/clean/bin/python" -m pip install --quiet "$place"/dist/*.whl
cp "$checkout/bench/demo.py" "$place/demo.py"
cd "$place"
"$place/clean/bin/python" -P demo.py "$place/clean/bin/reconcile" "$place/shop" --offers 200
