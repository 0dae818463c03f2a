#!/usr/bin/env bash
# Measures the cluster shape on this machine: what a redirect and a counted click cost each program with 1, 2 and 4 silos,
# and redirects for a minute against a bare web server:
#   bench/cluster.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 7 minutes, or four with --quick.
# All programs and the load share the machine: run it on an idle one, and compare ratios rather than numbers.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds).
links=10000 connections=64 warm_up=30 rounds=3 seconds=15 bare_warm_up=6 bare_seconds=10 sustained=60
if $quick; then warm_up=20 rounds=1 seconds=10 bare_warm_up=3 bare_seconds=5 sustained=15; fi
silo_counts=(1 2 4)

build src/Silo src/Api bench/BareKestrel
start_postgres max_connections=300

# --- A cluster: silos, and an edge by the name edge, over a database of their own.
silos=() silo_health=()
start_cluster() { # start_cluster SILOS
  local database="of_$1_$RANDOM" i log
  sql "CREATE DATABASE $database"
  common=(--Database:Provider Postgres --Database:ConnectionString "Host=$work/postgres;Username=postgres;Database=$database")
  silos=() silo_health=()
  for i in $(seq "$1"); do
    log="$work/$database-silo-$i.log"
    dotnet "$root/src/Silo/bin/Release/net10.0/OrleansLinks.Silo.dll" --Http:Port 0 --Cluster:SiloPort 0 --Cluster:GatewayPort 0 "${common[@]}" >"$log" 2>&1 &
    silos+=("$!") children+=("$!")
    for _ in $(seq 300); do grep -qs 'The silo is ready' "$log" && break; kill -0 "$!" || { cat "$log" >&2; fail "a silo ended."; }; sleep 0.1; done
    silo_health+=("$(grep -o 'http://[0-9.:]*' "$log")")
  done
  rm -rf "$work/edge"
  start edge --Cluster:Mode Client "${common[@]}"
  for _ in $(seq 600); do ! grep -q 'OrleansLinks is ready' "$work/edge.log" || return 0; sleep 0.1; done
  fail "the edge is not ready."
}
stop_cluster() {
  local silo
  stop edge
  for silo in "${silos[@]}"; do kill "$silo"; done
  for silo in "${silos[@]}"; do wait "$silo" || true; done
}

# What each kind of program has used of the processors until now, in ticks; connections' processes stay, or are in their parent's sum.
edge_ticks() { ticks "$ours"; }
silo_ticks() { local silo sum=0; for silo in "${silos[@]}"; do sum=$((sum + $(ticks "$silo"))); done; echo "$sum"; }
database_ticks() {
  {
    awk '{ sub(/^.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$postmaster/stat"
    for process in $(pgrep -P "$postmaster"); do ticks "$process" 2>/dev/null || true; done
  } | awk '{ sum += $1 } END { print sum }'
}

# A metric of all silos and the edge, added up.
metric() { for at in "${silo_health[@]%/health*}" "$ours_at"; do curl -sS "$at/metrics"; done | awk -v name="$1" 'index($1, name) == 1 { sum += $NF ~ /^[0-9]{13}$/ ? $(NF - 1) : $NF } END { print sum + 0 }'; }
messages() { metric orleans_messaging_sent_messages_size_bytes_count; }
round_trips() { metric db_client_operation_duration_seconds_count; }

follow() { load "$1" "$ours" -t1 "-c$connections" "-d${2}s" --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/links" zipf; }

# For a long time, against a bare web server.
sustain() {
  local errors_before=$errors
  start_bare
  bare() { load "$1" "${pids[bare]}" -t1 "-c$connections" "-d${2}s" --latency -s "$here/wrk/redirect.lua" "${urls[bare]}" -- "$work/links" zipf; }
  after_load() { :; }
  say "bare web server"
  bare warm-bare "$bare_warm_up"
  bare bare "$bare_seconds"
  stop bare
  errors=$errors_before
  say "redirects for $sustained s"
  follow sustained "$sustained"
  local began left caught_up
  began="$(date +%s%N)" left="$(uncounted)"
  until_counted
  caught_up="$(calc %.1f "($(date +%s%N) - $began) / 1e9")"
  ratio="$(calc %.3f "$(column sustained 1) / $(column bare 1)")"
  row "Redirects for $sustained s, 2 silos" "$(describe sustained)"
  row "… / bare ($(column bare 1 | group)/s)" "$ratio" "≥ 0.3" "$(target '>=' 0.3 "$ratio")"
  row "… until all are counted ($(group <<<"$left") left at the end)" "$caught_up s" "≤ 10 s" "$(target '<=' 10 "$caught_up")"
  row "… drift" "$(call GET /ledger | jq .drift)" "0" ""
}

declare -A total
for count in "${silo_counts[@]}"; do
  say "$count silos: creating $links links to click"
  start_cluster "$count"
  make_campaign
  make_links "$links" "$work/links"
  after_load() { until_counted; }
  say "$count silos: warming up"
  follow "warm-$count" "$warm_up"
  before=("$(edge_ticks)" "$(silo_ticks)" "$(database_ticks)" "$(messages)" "$(round_trips)") answers_before=$answers
  for round in $(seq "$rounds"); do
    say "$count silos, round $round of $rounds"
    follow "silos-$count" "$seconds"
  done
  after=("$(edge_ticks)" "$(silo_ticks)" "$(database_ticks)" "$(messages)" "$(round_trips)") clicks=$((answers - answers_before))
  micros_of() { calc '%.1f' "(${after[$1]} - ${before[$1]}) / $per_second * 1e6 / $clicks"; }
  total[$count]="$(calc '%.2f' "(${after[0]} + ${after[1]} + ${after[2]} - ${before[0]} - ${before[1]} - ${before[2]}) / $per_second * 1e6 / $clicks")"
  row "$count silos: redirects, each counted in the end" "$(describe "silos-$count")"
  row "… CPU of each: edge + silos + PostgreSQL" "$(micros_of 0) + $(micros_of 1) + $(micros_of 2) = ${total[$count]} µs"
  row "… messages between processes, for 1,000 clicks" "$(calc '%.2f' "(${after[3]} - ${before[3]}) * 1000 / $clicks")"
  row "… calls of the database, for 1,000 clicks" "$(calc '%.2f' "(${after[4]} - ${before[4]}) * 1000 / $clicks")"
  [ "$count" != 2 ] || sustain
  stop_cluster
done
ratio="$(calc %.3f "${total[4]} / ${total[1]}")"
row "CPU of a counted click: 4 silos / 1 silo" "$ratio" "≤ 1.15" "$(target '<=' 1.15 "$ratio")"
row "Redirects refused or failed" "$errors" "0" "$(target '==' 0 "$errors")"
report "the cluster" \
  "One edge; wrk, 1 thread, $connections connections; edge, silos, PostgreSQL and the load on the same cores" \
  "CPU until the clicks are counted; what silos and edge do besides (feeds, signs of life) is in it"
