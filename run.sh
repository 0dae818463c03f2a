#!/usr/bin/env bash
# Builds and starts OrleansLinks in one process over SQLite, or as a cluster on this machine over a private PostgreSQL.
#   ./run.sh [--port N] [--address IP] [--data FOLDER] [--demo]
#   ./run.sh --cluster [--silos N] [--apis N] [--port N] [--data FOLDER] [--demo]
# Every setting of the program can be given as --Section:Name VALUE or as an environment variable Section__Name.
# Of a cluster's APIs, 2 unless said otherwise, each has a port of its own, beginning with the one given; silos are 2 too.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

fail() { echo "run.sh: $*" >&2; exit 1; }

args=() args_single=()
cluster=false silos=2 apis=2 port=8080 data=data-cluster
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --demo) args+=(--demo true); shift ;;
    --cluster) cluster=true; shift ;;
    --silos=*|--apis=*|--port=*|--address=*|--data=*|--*:*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --silos|--apis|--port|--address|--data|--*:*)
      [ $# -ge 2 ] || fail "$1 needs a value; ./run.sh --help tells more."
      case "$1" in
        --silos) silos="$2" ;;
        --apis) apis="$2" ;;
        --port) port="$2" args_single+=("$1" "$2") ;;
        --data) data="$2" args_single+=("$1" "$2") ;;
        *) args+=("$1" "$2") ;;
      esac
      shift 2 ;;
    *) fail "$1 is unknown; ./run.sh --help tells what is known." ;;
  esac
done

$cluster || { [ "$silos" = 2 ] && [ "$apis" = 2 ]; } || fail "--silos and --apis go with --cluster."
for number in "$silos" "$apis"; do [[ "$number" =~ ^[1-9][0-9]?$ ]] || fail "--silos and --apis take a number from 1 to 99."; done
if $cluster && ! [[ "$port" =~ ^[1-9][0-9]{0,4}$ ]]; then fail "--port takes a number from 1 to 65535."; fi

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
if $cluster; then exec "$here/deploy/local/cluster.sh" "$silos" "$apis" "$port" "$data" "${args[@]}"; fi
exec dotnet "$here/src/Api/bin/Release/net10.0/OrleansLinks.Api.dll" "${args_single[@]}" "${args[@]}"
