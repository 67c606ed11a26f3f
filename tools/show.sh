#!/usr/bin/env bash
# Says where the report of a project folder lies, and opens it where there is a screen.
set -euo pipefail

page="$(find "${1:-demo}" -path '*/report/report.html' -print -quit)"
if [[ -z "$page" ]]; then
  echo "no report was found below ${1:-demo}" >&2
  exit 1
fi
page="$(realpath "$page")"
echo "open in any browser: $page"
if [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]] && command -v xdg-open >/dev/null; then
  xdg-open "$page" >/dev/null 2>&1 || echo "no browser could be started" >&2
fi
