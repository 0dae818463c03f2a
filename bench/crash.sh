#!/usr/bin/env bash
# Kills the program with SIGKILL again and again while its links are clicked, and checks that every answered click is
# counted, once:
#   bench/crash.sh [KILLS]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"

fail() { echo "bench/crash.sh: $*" >&2; exit 1; }

kills="${1:-20}"
[[ "$kills" =~ ^[1-9][0-9]*$ ]] || { sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 1; }
command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."
for project in src/Api tests/Host.Tests; do dotnet build "$root/$project" -c Release --nologo -v quiet || fail "the build failed."; done
echo "Killing it $kills times…"
ORLEANSLINKS_TEST_KILLS="$kills" dotnet "$root/tests/Host.Tests/bin/Release/net10.0/OrleansLinks.Host.Tests.dll" -class OrleansLinks.Host.ClickCrashTests
