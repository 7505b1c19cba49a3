#!/bin/sh
# Build the wheel, install it where nothing of the checkout is, and run the main job from it.
set -eu
python=${1:-python3}
checkout=$(pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m venv "$place/build"
"$place/build/bin/python" -m pip install --quiet build
"$place/build/bin/python" -m build --quiet --wheel --outdir "$place/dist" "$checkout"
"$python" -m venv "$place/clean"
"$place/clean/bin/python" -m pip install --quiet "$place"/dist/*.whl
cp "$checkout/bench/demo.py" "$place/demo.py"
cd "$place"
"$place/clean/bin/python" -P demo.py "$place/clean/bin/reconcile" "$place/shop" --offers 200
