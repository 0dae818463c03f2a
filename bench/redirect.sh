#!/usr/bin/env bash
# Measures redirects: a bare web server, and private instances of the product, one for each thing a redirect can wait for
# (Clicks:Durability), by turns on this machine:
#   bench/redirect.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 9 minutes, or two with --quick.
# Server and load share the machine: run it on an idle one, and compare ratios rather than numbers.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds). The product is warmed up until its hot code is compiled for good.
links=100000 even=10000 connections=64 rounds=5 seconds=8 warm_up=15 bare_warm_up=6 sustained=60 disk=10
if $quick; then rounds=2 seconds=3 warm_up=3 bare_warm_up=3 sustained=10 disk=3; fi
modes=(disk buffered ledger)

build src/Api bench/BareKestrel bench/Measure

# --- The disk, while nothing else runs.
say "measuring the disk alone"
measure disk "$work" "$disk"

# --- Servers and links. The instances keep their own clicks; $all_answers and $runs are by instance.
declare -A campaigns all_answers runs
start_bare
for mode in "${modes[@]}"; do
  say "creating $links links to click, durability $mode"
  start "$mode" --Clicks:Durability "$mode"
  make_campaign
  make_links "$links" "$work/zipf-$mode"
  campaigns[$mode]="$campaign" all_answers[$mode]=0 runs[$mode]=0
done
head -"$even" "$work/zipf-disk" >"$work/even-disk"
head -1 "$work/zipf-disk" >"$work/hot-disk"
cp "$work/zipf-disk" "$work/zipf-bare"

# --- Rounds.
after_load() { [ "$server" = bare ] || until_counted; }
follow() { # follow SERVER zipf|even|hot SECONDS: a run of the name SERVER-PATTERN
  local server="$1" pattern="$2" before=$answers before_errors=$errors
  [ "$server" = bare ] || use "$server"
  load "$server-$pattern" "${pids[$server]}" -t1 "-c$connections" "-d${3}s" --latency -s "$here/wrk/redirect.lua" "${urls[$server]}" -- "$work/$pattern-$server" "$pattern"
  if [ "$server" = bare ]; then
    errors=$before_errors
  else
    all_answers[$server]=$((all_answers[$server] + answers - before)) runs[$server]=$((runs[$server] + 1))
  fi
}

say "warming up"
follow bare zipf "$bare_warm_up"
for mode in "${modes[@]}"; do follow "$mode" zipf "$warm_up"; done
rm "$work"/runs-*
for round in $(seq "$rounds"); do
  say "redirects, round $round of $rounds"
  follow bare zipf "$seconds"
  follow disk zipf "$seconds"
  follow disk even "$seconds"
  follow disk hot "$seconds"
  follow buffered zipf "$seconds"
  follow ledger zipf "$seconds"
done

all="$(group <<<"$links")"
row "Redirect, bare web server" "$(describe bare-zipf)"
row "Redirect, Disk, $all links, the one of rank k 1/k as often as the first" "$(describe disk-zipf)"
row "Redirect, Disk, $(group <<<"$even") of them, all as often" "$(describe disk-even)"
row "Redirect, Disk, one hot link" "$(describe disk-hot)"
row "Redirect, Buffered, $all links" "$(describe buffered-zipf)"
row "Redirect, Ledger, $all links" "$(describe ledger-zipf)"
against() { calc %.3f "$(column "$1" 1) / $(column "$2" 1)"; }
ratio="$(against disk-zipf bare-zipf)"; row "Redirects, Disk / bare" "$ratio" "≥ 0.5" "$(target '>=' 0.5 "$ratio")"
row "Redirects, Disk, $(group <<<"$even") links / bare" "$(against disk-even bare-zipf)"
row "Redirects, Buffered / bare" "$(against buffered-zipf bare-zipf)"
row "Redirects, Ledger / bare" "$(against ledger-zipf bare-zipf)"
ratio="$(against disk-hot disk-zipf)"; row "Redirects, one hot link / $all links" "$ratio" "≥ 0.9" "$(target '>=' 0.9 "$ratio")"
p99="$(calc %.1f "$(column disk-zipf 3) / 1000")"; row "Redirects, Disk, p99" "$p99 ms" "< 25 ms" "$(target '<' 25 "$p99")"

# --- Sustained: what the ledger has not counted during the run it counts afterwards, and must soon be done.
counted() { use "$1"; call GET "/campaigns/${campaigns[$1]}/counters" | jq .clicks; }
now() { date -u +%Y-%m-%dT%H:%M:%S.%N; }
say "redirects for $sustained s"
counted_before="$(counted disk)" answers_before=${all_answers[disk]}
after_load() { :; }
follow disk zipf "$sustained"
mv "$work/runs-disk-zipf" "$work/runs-all"
tail -1 "$work/runs-all" >"$work/runs-sustained"
head -"$rounds" "$work/runs-all" >"$work/runs-disk-zipf"
began="$(date +%s%N)" ended_at="$(now)"
left="$(uncounted)"
for _ in $(seq 600); do
  ledger="$(call GET /ledger)"
  ! jq -e '.applied == .journaled and .drift == 0' <<<"$ledger" >/dev/null || break
  sleep 0.1
done
caught_up="$(calc %.1f "($(date +%s%N) - $began) / 1e9")"
jq -e '.applied == .journaled and .drift == 0' <<<"$ledger" >/dev/null || caught_up=999

# The comparison of totals with details may be of before: one of afterwards must say so too. After one that took long the
# next comes within a minute, and takes as long.
counted_at="$(now)"
for _ in $(seq 1500); do
  ledger="$(call GET /ledger)"
  ! jq -e --arg at "$counted_at" '.driftCheckedAt > $at' <<<"$ledger" >/dev/null || break
  sleep 0.1
done
drift="$(jq -r --arg at "$counted_at" 'if .driftCheckedAt > $at then .drift else "unknown" end' <<<"$ledger")"
ratio="$(against sustained bare-zipf)"
row "Redirects, Disk, for $sustained s" "$(describe sustained)"
row "… / bare" "$ratio" "≥ 0.5" "$(target '>=' 0.5 "$ratio")"
row "… until all are counted and totals equal details ($(group <<<"$left") left at the end)" "$caught_up s" "≤ 10 s" "$(target '<=' 10 "$caught_up")"
row "… drift, compared afterwards" "$drift" "0" "$(target '==' '"0"' "\"$drift\"")"

# Of what was under way when a run ended, the click is counted and the answer is not: at most one a connection.
check_counts() { # check_counts WHAT COUNTED ANSWERED RUNS
  local extra=$(($2 - $3)) slack=$(($4 * connections))
  row "$1: clicks counted − redirects answered" "$(group <<<"$2") − $(group <<<"$3") = $extra" "0 to $slack" "$(target '==' 1 "($extra >= 0 && $extra <= $slack)")"
}
check_counts "Disk, for $sustained s" $(($(counted disk) - counted_before)) $((all_answers[disk] - answers_before)) 1
for mode in "${modes[@]}"; do check_counts "${mode^}, all runs" "$(counted "$mode")" "${all_answers[$mode]}" "${runs[$mode]}"; done
lost=0
for mode in "${modes[@]}"; do use "$mode"; lost=$((lost + $(call GET /ledger | jq .lost))); done
row "Clicks lost; redirects refused or failed" "$lost; $errors" "0; 0" "$(target '==' 0 "$lost + $errors")"
for mode in "${modes[@]}"; do use "$mode"; row "Memory, ${mode^}, resident" "$(memory VmRSS) MB (at most $(memory VmHWM) MB)"; done

report "redirects" \
  "wrk, 1 thread, $connections connections; medians of $rounds rounds of $seconds s, all by turns; CPU of the product until the clicks are counted" \
  "wrk's latencies are corrected for coordinated omission: a stall of the disk counts for every request that would have been sent meanwhile"
