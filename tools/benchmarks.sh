#!/usr/bin/env bash
# Names the benchmarks, each with the command that runs it and what it measures.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "the benchmarks compare with other libraries, which only they need:"
echo "  .venv-test/bin/python -m pip install --group bench"
echo
for file in benchmarks/*.py; do
  [[ -e "$file" ]] || { echo "there are none in benchmarks/"; exit 0; }
  printf '  .venv-test/bin/python %s\n      %s\n' "$file" \
    "$(python3 -c 'import ast, sys; print((ast.get_docstring(ast.parse(open(sys.argv[1]).read())) or "").partition("\n")[0])' "$file")"
done
