#!/usr/bin/env bash
# Prints the first Python on this machine that can run affekt and make an environment.
set -euo pipefail

for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    command -v "$name"
    exit 0
  fi
done
echo "no Python 3.11 or newer with its venv module was found (looked for: ${PYTHON:-python3, python3.11 … 3.14});" >&2
echo "on Debian or Ubuntu: apt-get install python3 python3-venv; elsewhere name one: make PYTHON=/path/to/python3 …" >&2
exit 5
