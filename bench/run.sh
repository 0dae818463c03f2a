#!/usr/bin/env bash
# Measures a private instance over SQLite, and a bare web server beside it, on this machine:
#   bench/run.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 4 minutes, or one with --quick.
# Server and load share the machine: run it on an idle one, and compare ratios rather than numbers.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"

fail() { echo "bench/run.sh: $*" >&2; exit 1; }
say() { echo "· $*" >&2; }

# What is measured, and for how long (seconds).
links=10000 connections=64 rounds=5 seconds=8 warm_up=6 creation_rounds=3 creation_seconds=5 batches=160 growth=100
case "${1:-}" in
  "") ;;
  --quick) rounds=3 seconds=3 warm_up=3 creation_rounds=1 creation_seconds=3 batches=48 growth=30 ;;
  -h|--help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) fail "$1 is unknown; bench/run.sh --help tells what is known." ;;
esac
[ $# -le 1 ] || fail "$2 is unknown; bench/run.sh --help tells what is known."

missing=()
for tool in wrk curl jq; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "install ${missing[*]} first."
  { apt-get update -qq && apt-get install -y -qq "${missing[@]}"; } >/dev/null || fail "cannot install ${missing[*]}; install it first."
fi
command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."

work="$(mktemp -d)"
children=()
clean_up() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT

say "building"
for project in "$root/src/Api" "$here/BareKestrel"; do
  dotnet build "$project" -c Release --nologo -v quiet >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "the build of $project failed."; }
done

# --- The instance and the reference.
free_port() {
  local port
  while port="$(shuf -i 20000-29999 -n 1)"; (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

until_answers() {
  for _ in $(seq 600); do
    curl -s -o /dev/null "$1" && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work"/*.log >&2
  fail "$1 does not answer."
}

key="$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
our_port="$(free_port)"
ORLEANSLINKS_OPERATOR_KEY="$key" dotnet "$root/src/Api/bin/Release/net10.0/OrleansLinks.Api.dll" --port "$our_port" --data "$work/data" >"$work/ours.log" 2>&1 &
ours=$!; children+=("$ours")
bare_port="$(free_port)"
dotnet "$here/BareKestrel/bin/Release/net10.0/BareKestrel.dll" "$bare_port" >"$work/bare.log" 2>&1 &
bare=$!; children+=("$bare")
ours_at="http://127.0.0.1:$our_port" bare_at="http://127.0.0.1:$bare_port"
until_answers "$ours_at/health/ready" "$ours"
until_answers "$bare_at/" "$bare"

call() {
  local method="$1" path="$2"
  shift 2
  curl -sS --fail-with-body -X "$method" "$ours_at/api/v1$path" -H "Authorization: Bearer $key" ${1:+-H 'Content-Type: application/json' --data-binary "$1"}
}

program="$(call POST /programs '{ "name": "Bench", "defaultLandingPage": "https://www.example.com/", "permittedDomains": ["*.example.com"], "currency": "EUR", "timeZone": "UTC" }' | jq -r .id)"
partner="$(call POST /partners '{ "name": "Bench", "kind": "partner" }' | jq -r .id)"
campaign="$(call POST "/programs/$program/campaigns" '{ "name": "Bench", "kind": "performance", "tracking": { "clicksAndConversions": true },
  "payForPerformance": { "enabled": true, "terms": { "model": "percentage", "rate": "5" } }, "landing": { "mode": "partnerChoice" } }' | jq -r .id)"
call POST "/campaigns/$campaign/activate" >/dev/null
call PUT "/campaigns/$campaign/participants/$partner" >/dev/null
new_task() { call POST "/campaigns/$campaign/tasks" "{ \"partnerId\": \"$partner\", \"name\": \"$1\" }" | jq -r .id; }

# --- Arithmetic.
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
group() { awk '{ printf "%d\n", $1 }' | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta'; }
memory() { awk -v name="$1:" '$1 == name { printf "%d", $2 / 1024 }' "/proc/$ours/status"; }
ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
per_second="$(getconf CLK_TCK)"

rows=()
# row WHAT VALUE [TARGET MET]
row() { rows+=("| $1 | $2 | ${3:-} | ${4:-} |"); say "$1: $2"; }
# target OPERATOR LIMIT VALUE: whether it is met, in a word.
target() { calc "%s" "($3 $1 $2) ? \"yes\" : \"**no**\""; }

# load NAME PID URL WRK_ARGUMENTS…: one run; adds "rate p50 p99 cpu" to $work/runs-NAME, and to $answers and $errors.
answers=0 errors=0
load() {
  local name="$1" pid="$2" before result
  shift 2
  before="$(ticks "$pid")"
  wrk "$@" >"$work/wrk.log" 2>&1 || { cat "$work/wrk.log" >&2; fail "wrk failed."; }
  result="$(grep '^result ' "$work/wrk.log")" || { cat "$work/wrk.log" >&2; fail "wrk gave no result."; }
  read -r _ answered failed micros p50 p99 <<<"$result"
  answers=$((answers + answered)) errors=$((errors + failed))
  [ "$answered" -gt 0 ] || { cat "$work/wrk.log" "$work/ours.log" >&2; fail "nothing was answered."; }
  calc '%.1f %d %d %.2f\n' "$answered / $micros * 1e6, $p50, $p99, ($(ticks "$pid") - $before) / $per_second * 1e6 / $answered" >>"$work/runs-$name"
}
column() { cut -d' ' -f"$2" "$work/runs-$1" | median; }

# --- 1. Redirects.
say "creating $links links to click"
click_task="$(new_task Clicks)"
jq -nc '[range(1000) | { landingPage: "https://www.example.com/products/\(.)?campaign=spring" }]' >"$work/batch.json"
batch() { # batch TASK FIRST LAST CURL_ARGUMENTS…: that many batches of 1,000
  local task="$1" first="$2" last="$3"
  shift 3
  curl -sS --fail-with-body "$@" -X POST "$ours_at/api/v1/tasks/$task/links/batch?n=[$first-$last]" -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$work/batch.json"
}
batch "$click_task" 1 $((links / 1000)) -o "$work/created#1.json" >/dev/null
jq -r '.items[].link.trackingUrl | sub("^https?://[^/]*"; "")' "$work"/created*.json >"$work/spread"
[ "$(wc -l <"$work/spread")" -eq "$links" ] || fail "not all links were created."
head -1 "$work/spread" >"$work/hot"
expected="$(curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' -A 'Mozilla/5.0' "$ours_at$(cat "$work/hot")")"
[[ "$expected" == "302 https://www.example.com/products/0?campaign=spring&clickid=clk_"* ]] || fail "a link answers $expected."

follow() { load "$1" "$2" -t1 "-c$connections" "-d${4}s" --latency -s "$here/wrk/redirect.lua" "$3" -- "$work/$5"; }
say "warming up"
follow ignored "$bare" "$bare_at" "$warm_up" spread
answers=0 errors=0
follow ignored "$ours" "$ours_at" "$warm_up" spread
follow ignored "$ours" "$ours_at" "$warm_up" hot
runs=2
for round in $(seq "$rounds"); do
  say "redirects, round $round of $rounds"
  kept_answers=$answers kept_errors=$errors
  follow bare "$bare" "$bare_at" "$seconds" spread
  answers=$kept_answers errors=$kept_errors
  follow spread "$ours" "$ours_at" "$seconds" spread
  follow hot "$ours" "$ours_at" "$seconds" hot
  runs=$((runs + 2))
done

describe() { echo "$(column "$1" 1 | group)/s, p50 $(calc %.1f "$(column "$1" 2) / 1000") ms, p99 $(calc %.1f "$(column "$1" 3) / 1000") ms, $(calc %.0f "$(column "$1" 4)") µs of CPU each"; }
row "Redirect, bare web server" "$(describe bare)"
row "Redirect, spread over $(group <<<"$links") links" "$(describe spread)"
row "Redirect, one hot link" "$(describe hot)"
ratio="$(calc %.3f "$(column spread 1) / $(column bare 1)")"; row "Redirects, spread / bare" "$ratio" "≥ 0.25" "$(target '>=' 0.25 "$ratio")"
ratio="$(calc %.3f "$(column hot 1) / $(column spread 1)")"; row "Redirects, hot / spread" "$ratio" "≥ 0.8" "$(target '>=' 0.8 "$ratio")"

# Of what was under way when a run ended, the click is counted and the answer is not: at most one a connection.
clicks() { call GET "/tasks/$click_task/counters" | jq .clicks; }
counted="$(clicks)"
while sleep 0.2; now="$(clicks)"; [ "$now" != "$counted" ]; do counted="$now"; done
answered=$((answers + 1)) slack=$((runs * connections)) extra=$((counted - answers - 1))
row "Clicks counted − redirects answered" "$(group <<<"$counted") − $(group <<<"$answered") = $extra, errors $errors" "0 to $slack, errors 0" \
  "$(target '==' 1 "($extra >= 0 && $extra <= $slack && $errors == 0)")"

# --- 2. Creation, one link a request.
create_task="$(new_task Creation)"
create() { load "$1" "$ours" -t1 -c16 "-d${2}s" --latency -s "$here/wrk/create.lua" "$ours_at" -- "/api/v1/tasks/$create_task/links" "$key" "$1" "$3"; }
for kind in plain alias idempotent; do create "$kind" "$(((warm_up + 1) / 2))" "warm-$kind"; rm "$work/runs-$kind"; done
errors=0
for round in $(seq "$creation_rounds"); do
  say "creation, round $round of $creation_rounds"
  for kind in plain alias idempotent; do create "$kind" "$creation_seconds" "round$round-$kind"; done
done
rate="$(column plain 1)"; row "Links created one by one, 16 connections" "$(describe plain)" "≥ 2,000/s" "$(target '>=' 2000 "$rate")"
row "… with an alias" "$(describe alias)"
row "… with an Idempotency-Key" "$(describe idempotent)"
[ "$errors" -eq 0 ] || row "… refused or failed" "$errors" "0" "**no**"

# --- 3. Creation in batches. To the end of a number of batches: at the end of a time, a good part would be half done.
batch_task="$(new_task Batches)"
timed_batches() { # timed_batches COUNT
  local start
  start="$(date +%s%N)"
  batch "$batch_task" 1 "$1" -Z --parallel-immediate --parallel-max 16 -o /dev/null -w '%{http_code} %{size_download}\n' 2>/dev/null >"$work/answers"
  calc '%.1f\n' "$1 * 1000 / (($(date +%s%N) - $start) / 1e9)"
  # An answer with all links created has always the same length.
  [ "$(grep -c "^200 $full\$" "$work/answers")" -eq "$1" ] || fail "not all batches were created as a whole."
}
batch "$batch_task" 1 1 -o "$work/full.json"
jq -e '[.items[] | select(.status == 201)] | length == 1000' "$work/full.json" >/dev/null || fail "not all links were created."
full="$(wc -c <"$work/full.json")"
timed_batches 15 >/dev/null
for round in $(seq "$creation_rounds"); do
  say "batches, round $round of $creation_rounds"
  timed_batches "$batches" >>"$work/batches"
done
rate="$(median <"$work/batches")"; row "Links created in batches of 1,000, 16 connections" "$(group <<<"$rate")/s" "≥ 15,000/s" "$(target '>=' 15000 "$rate")"

# --- 4. Growth: one connection, batch after batch.
grow_task="$(new_task Growth)"
page() { # median milliseconds of the first page
  curl -sS --fail-with-body "$ours_at/api/v1/tasks/$grow_task/links?limit=50&n=[1-200]" -H "Authorization: Bearer $key" -o "$work/page.json" -w '%{time_total}\n' |
    awk '{ print $1 * 1000 }' | median
}
say "growing a task to $((growth * 1000)) links"
batch "$grow_task" 1 1 -o /dev/null
page >/dev/null
small="$(page)"
batch "$grow_task" 2 "$growth" -o "$work/last.json" -w '%{time_total}\n' >"$work/times"
jq -e '[.items[] | select(.status == 201)] | length == 1000' "$work/last.json" >/dev/null || fail "not all links were created."
large="$(page)"
jq -e '(.items | length == 50) and .nextCursor != null' "$work/page.json" >/dev/null || fail "a page is not right."
first="$(head -10 "$work/times" | awk '{ s += $1 } END { print s * 1000 }')" last="$(tail -10 "$work/times" | awk '{ s += $1 } END { print s * 1000 }')"
ratio="$(calc %.2f "$last / $first")"
grown="$(group <<<$((growth * 1000)))"
row "Batches of 1,000 into one task of $grown links: last 10 / first 10" "$(calc %.0f "$last") ms / $(calc %.0f "$first") ms = $ratio" "≤ 1.5" "$(target '<=' 1.5 "$ratio")"
ratio="$(calc %.2f "$large / $small")"
row "Page of 50 links: at $grown links / at 1,000" "$(calc %.2f "$large") ms / $(calc %.2f "$small") ms = $ratio" "≤ 1.5" "$(target '<=' 1.5 "$ratio")"
row "Memory after all that, resident" "$(memory VmRSS) MB (at most $(memory VmHWM) MB)"
row "Data folder after all that" "$(du -sm "$work/data" | cut -f1) MB"

# --- The report.
commit="$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo none)"
[ -z "$(git -C "$root" status --porcelain -- src 2>/dev/null)" ] || commit="$commit, changed"
mkdir -p "$here/results"
report="$here/results/$(date -u +%Y%m%dT%H%M%SZ).md"
{
  echo "# OrleansLinks benchmark"
  echo
  echo "- $(date -u +%Y-%m-%dT%H:%M:%SZ), commit $commit${1:+, $1}"
  echo "- $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB, $(uname -sr), .NET $(dotnet --version); load $(cut -d' ' -f1 /proc/loadavg) at the end"
  echo "- Redirects: wrk, 1 thread, $connections connections, medians of $rounds rounds of ${seconds} s, product and reference by turns"
  echo "- Creation: medians of $creation_rounds rounds of $creation_seconds s, or of $batches batches"
  echo
  echo "| what | measured | target | met |"
  echo "|---|---|---|---|"
  printf '%s\n' "${rows[@]}"
} | tee "$report"
say "kept in ${report#"$root/"}"
