#!/usr/bin/env bash
# Builds everything and runs all tests; the last line counts them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

fail() { echo "test.sh: $*" >&2; exit 1; }

command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."

# What the walkthrough and the tests call beside .NET.
missing=()
for tool in curl jq; do command -v "$tool" >/dev/null || missing+=("$tool"); done
# The tests of PostgreSQL run one of their own, which Debian keeps off the path.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
# The tests of alerts and dashboards ask Debian's Prometheus.
command -v prometheus >/dev/null || missing+=(prometheus)
# The tests of the manifests build them.
command -v kubectl >/dev/null || missing+=(kubernetes-client)
# The tests of the console look at its pages with Debian's browser, in all of its languages.
[ -x /usr/bin/chromium ] || missing+=(chromium)
compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "install ${missing[*]} first."
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || fail "cannot install ${missing[*]}; install it first."
fi

dotnet build OrleansLinks.sln -c Release --nologo -v quiet || fail "the build failed."

# The runtime's profiling of hot code serves programs that run for days, and takes a tenth of a test's processor time.
export DOTNET_TieredPGO=0

results="$(mktemp -d)"
trap 'rm -rf "$results"' EXIT
status=0
run() { # run PROJECT [NAME ARGUMENTS…]: all of its tests, or those that the arguments choose
  dotnet test --project "tests/$1" -c Release --no-build --no-progress --report-xunit-trx --results-directory "$results/${2:-$1}" "${@:3}"
}
export -f run
export results

# What an operator does to a cluster, which may take its time, beside the others; and the rest of the cluster's and the console's by themselves: how
# many seconds it takes until all is as before, or until a click shows on a page, is what they look at, and that depends on who else
# wants the processors.
operations=(Monitoring Telemetry Upgrade Move Backup Start)
chosen() { printf -- "$1 *.%sTests " "${operations[@]}"; }

# Two at a time, the longest first.
others="$(cd tests && ls -d -- *.Tests | grep -vxE 'Host.Tests|Storage.Tests|Cluster.Tests|Console.Tests')"
printf '%s\n' Host.Tests "Cluster.Tests Operations $(chosen --filter-class)" Storage.Tests $others | xargs -P 2 -d '\n' -I{} bash -c 'set -f; run {}' || status=1
run Console.Tests || status=1
(set -f; run Cluster.Tests "" $(chosen --filter-not-class)) || status=1

# Counted from the runner's own result files, one a project.
count() { cat "$results"/*/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed); failed=$(( $(count failed) + $(count error) + $(count timeout) + $(count aborted) )); skipped=$(count notExecuted)
projects=$(find tests -name '*.Tests.csproj' -not -path '*/obj/*' | wc -l); files=$(find "$results" -name '*.trx' | wc -l)
if [ "$files" -ne "$((projects + 1))" ]; then echo "test.sh: $files of $((projects + 1)) runs gave a result." >&2; status=1; fi
# Which failed, where whoever reads only the end of a long output finds them.
grep -ho '<UnitTestResult [^>]*outcome="Failed"[^>]*' "$results"/*/*.trx 2>/dev/null | sed 's/.* testName="\([^"]*\)".*/failed: \1/'
if [ "$passed" -eq 0 ] || [ "$failed" -gt 0 ]; then status=1; fi
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
