#!/usr/bin/env bash
# Checks format, lint, types and tests, then says what this machine could not run and why.
#
# usage: tools/check.sh [all | fast | lint]
# TEST_PYTHON names the interpreter of an environment with the test group; default .venv-test/bin/python.
# TEST_WORKERS says how many processes share the tests, 0 for none besides pytest; default one more than
# there are processors, and four at most.
# STRICT=1 fails when a test was left out.
set -euo pipefail
cd "$(dirname "$0")/.."

what="${1:-all}"
python="${TEST_PYTHON:-.venv-test/bin/python}"
# Tests wait for servers and children now and then, so there may be more workers than processors; but each
# spends ten seconds on imports of its own and grows to a gigabyte.
cores="$(nproc)"
workers="${TEST_WORKERS:-$((cores < 4 ? cores + 1 : 4))}"
results="$(mktemp)"
trap 'rm -f "$results"' EXIT
failed=()

check() {
  local name="$1"
  shift
  echo "== $name"
  "$@" || failed+=("$name")
}

tests() {
  check "tests" "$python" -m pytest -q --numprocesses="$workers" --dist=worksteal --junitxml="$results" "$@"
}

lint() {
  check "format" "$python" -m ruff format --check .
  check "lint" "$python" -m ruff check .
  check "types" "$python" -m mypy
}

case "$what" in
  all) lint; tests ;;
  fast) tests -m "not slow and not browser" ;;
  lint) lint ;;
  *) echo "usage: tools/check.sh [all | fast | lint]" >&2; exit 2 ;;
esac

if [[ "$what" != lint ]]; then
  check "nothing left out" "$python" tools/left_out.py "$results" "${STRICT:-0}"
fi
if ((${#failed[@]})); then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
echo "all checks passed"
