#!/usr/bin/env bash
# Measures the making of links: a private instance over SQLite on this machine:
#   bench/run.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes two minutes, or one with --quick.
# Server and load share the machine: run it on an idle one. bench/redirect.sh and bench/path.sh measure redirects.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds).
warm_up=3 creation_rounds=3 creation_seconds=5 batches=160 growth=100
if $quick; then warm_up=2 creation_rounds=1 creation_seconds=3 batches=48 growth=30; fi

build src/Api
start ours
make_campaign

# --- 1. Creation, one link a request.
create_task="$(new_task Creation)"
create() { load "$1" "$ours" -t1 -c16 "-d${2}s" --latency -s "$here/wrk/create.lua" "$ours_at" -- "/api/v1/tasks/$create_task/links" "$key" "$1" "$3"; }
for kind in plain alias idempotent; do create "$kind" "$warm_up" "warm-$kind"; rm "$work/runs-$kind"; done
errors=0
for round in $(seq "$creation_rounds"); do
  say "creation, round $round of $creation_rounds"
  for kind in plain alias idempotent; do create "$kind" "$creation_seconds" "round$round-$kind"; done
done
rate="$(column plain 1)"; row "Links created one by one, 16 connections" "$(describe plain)" "≥ 2,000/s" "$(target '>=' 2000 "$rate")"
row "… with an alias" "$(describe alias)"
row "… with an Idempotency-Key" "$(describe idempotent)"
[ "$errors" -eq 0 ] || row "… refused or failed" "$errors" "0" "**no**"

# --- 2. Creation in batches. To the end of a number of batches: at the end of a time, a good part would be half done.
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

# --- 3. Growth: one connection, batch after batch.
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
row "Data folder after all that" "$(du -sm "$work/ours" | cut -f1) MB"

report "links" "Medians of $creation_rounds rounds of $creation_seconds s, or of $batches batches; wrk, 1 thread, 16 connections"
