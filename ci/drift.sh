#!/usr/bin/env bash
# At night: what has moved on the marketplace since the last apply. Nothing is written.
#
# ACCOUNT  an account of reconcile.yaml
# PROJECT  the folder of reconcile.yaml in the repository, when it is not the top
# Ends     with 2 where something has moved, so that the job is red and somebody looks
set -uo pipefail
cd "${PROJECT:-.}" || exit
reconcile drift --account "$ACCOUNT"
