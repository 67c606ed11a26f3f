#!/usr/bin/env bash
# Names the benchmarks, each with the command that runs it and what it measures.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "the benchmarks compare with other libraries, which only they need:"
echo "  .venv-test/bin/python -m pip install --group bench"
echo
for file in benchmarks/[a-z]*.py; do
  what="$(python3 -c 'import ast, sys; print((ast.get_docstring(ast.parse(open(sys.argv[1]).read())) or "").partition("\n")[0])' "$file")"
  grep -q '__main__' "$file" || continue
  name="$(basename "$file" .py)"
  printf '  .venv-test/bin/python -m benchmarks.%s\n      %s\n' "$name" "$what"
done
