#!/usr/bin/env bash
# Builds and starts OrleansLinks in one process over SQLite.
#   ./run.sh [--port N] [--address IP] [--data FOLDER] [--demo]
# Every setting of the program can be given as --Section:Name VALUE or as an environment variable Section__Name.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

fail() { echo "run.sh: $*" >&2; exit 1; }

args=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--help) sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --demo) args+=(--demo true); shift ;;
    --port=*|--address=*|--data=*|--*:*=*) args+=("$1"); shift ;;
    --port|--address|--data|--*:*)
      [ $# -ge 2 ] || fail "$1 needs a value; ./run.sh --help tells more."
      args+=("$1" "$2"); shift 2 ;;
    *) fail "$1 is unknown; ./run.sh --help tells what is known." ;;
  esac
done

command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."
sdks="$(dotnet --list-sdks)"
grep -q '^10\.' <<<"$sdks" || fail "the .NET SDK 10 is missing (found: $(cut -d' ' -f1 <<<"$sdks" | paste -sd' ' -)); install it from https://dot.net."

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
echo "Building…"
# From here, so that this folder's global.json chooses the SDK and not that of the caller's folder.
if ! (cd "$here" && dotnet build src/Api -c Release --nologo -v quiet) >"$log" 2>&1; then
  cat "$log" >&2
  fail "the build failed."
fi
rm -f "$log"

# The program takes this shell's place, so that Ctrl-C and signals reach it.
exec dotnet "$here/src/Api/bin/Release/net10.0/OrleansLinks.Api.dll" "${args[@]}"
