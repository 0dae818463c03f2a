#!/usr/bin/env bash
# Breaks a cluster in every way that tests/Cluster.Tests knows, again and again and for longer, under load, and checks that
# visitors were let through and every answered click is counted, once:
#   bench/faults.sh [ROUNDS [SECONDS]]
# ROUNDS of each fault (3), the database away for SECONDS (30). Takes 4 minutes a round.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"

fail() { echo "bench/faults.sh: $*" >&2; exit 1; }

rounds="${1:-3}" seconds="${2:-30}"
[[ "$rounds" =~ ^[1-9][0-9]*$ && "$seconds" =~ ^[1-9][0-9]*$ ]] || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 1; }
command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."
dotnet build "$root/tests/Cluster.Tests" -c Release --nologo -v quiet || fail "the build failed."
echo "Each fault $rounds times…"
ORLEANSLINKS_TEST_ROUNDS="$rounds" ORLEANSLINKS_TEST_OUTAGE_SECONDS="$seconds" \
  dotnet "$root/tests/Cluster.Tests/bin/Release/net10.0/OrleansLinks.Cluster.Tests.dll" -class OrleansLinks.Clusters.FaultTests
