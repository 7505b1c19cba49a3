#!/bin/sh
# python.sh VERSION: print a Python of that version which runs, on the path or where pyenv keeps them.
for each in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
  if "$each" -c '' 2>/dev/null; then
    echo "$each"
    exit
  fi
done
exit 1
