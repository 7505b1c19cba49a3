#!/bin/sh
# install.sh PYTHON FOLDER LOCK: a virtual environment with just what a lock names, by its hashes, and this checkout.
# Wheels only: nothing is compiled, and nothing is fetched that the lock does not name.
set -eu
python=$1 folder=$2 lock=$3
"$python" -m venv --clear "$folder"
"$folder/bin/python" -m pip install --quiet --require-hashes --only-binary :all: -r "$lock"
"$folder/bin/python" -m pip install --quiet --no-deps --no-build-isolation -e .
