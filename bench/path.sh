#!/usr/bin/env bash
# Measures what goes with a redirect: how soon its click is seen, what watchers cost, a locked database, memory, visitors
# who try codes, and what a redirect allocates, on a private instance on this machine:
#   bench/path.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 7 minutes, or two and a half with --quick.
# Server and load share the machine: run it on an idle one.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds).
links=10000 warm_up=15 full=8 staleness=30 watchers=20 outage=30 scanner=15 stored=1000000 room=200000
if $quick; then warm_up=3 full=3 staleness=6 watchers=5 outage=7 scanner=5 stored=100000 room=20000; fi

build src/Api bench/Measure
start ours
make_campaign
say "creating $links links to click"
make_links "$links" "$work/links"
follow() { # follow RUN SECONDS CONNECTIONS [PAUSE]
  load "$1" "$ours" -t1 "-c$3" "-d${2}s" --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/links" zipf ${4:+"$4"}
}
product() { measure "$1" "$ours_at" "$campaign" "$partner" "$2" "$ours" "$work/ours"; }
# background WRK_ARGUMENTS…: wrk in the background, as $background; it is ended by background_end, which reads its result.
background() { wrk "$@" >"$work/background.log" 2>&1 & background=$!; children+=("$background"); }
background_end() {
  kill -INT "$background"
  wait "$background" || true
  read_result "$work/background.log"
}

say "warming up"
follow warm "$warm_up" 64
follow full "$full" 64
until_counted

# --- 1. Staleness, under half of what it can do: a connection pauses for the other half of its time.
pause="$(calc %d "64000 / $(column full 1) + 0.5")"
[ "$pause" -ge 1 ] || pause=1
say "staleness"
background -t1 -c64 -d600s --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/links" zipf "$pause"
product staleness "$staleness"
background_end
rate="$(calc %.0f "$answered / $micros * 1e6")"
row "… under so many redirects meanwhile" "$(group <<<"$rate")/s of $(column full 1 | group)/s" "about half"
until_counted

# --- 2. Watchers, and 3. an outage. The load is made by what measures it.
say "watchers"
product watchers "$watchers"
say "outage"
product outage "$outage"

# --- 4. One who tries codes, beside visitors at a fixed rate that leave room for him.
say "scanner"
memory_before="$(memory VmRSS)"
follow known "$scanner" 32 15
background -t1 -c64 -d600s --latency -s "$here/wrk/unknown.lua" "$ours_at" -- 3
sleep 1
follow scanned "$scanner" 32 15
background_end
unknown="$(calc %.0f "$answered / $micros * 1e6")"
until_counted
ratio="$(calc %.3f "$(column scanned 1) / $(column known 1)")"
row "Known links while unknown codes are tried ($(group <<<"$unknown")/s answered with 404, $failed otherwise), to without" \
  "$(column scanned 1 | group)/s / $(column known 1 | group)/s = $ratio" "≥ 0.8, 0" "$(target '==' 1 "($ratio >= 0.8 && $failed == 0)")"
row "… p99 of known links, with / without" "$(calc '%.1f ms / %.1f ms = %.2f' "$(column scanned 3) / 1000, $(column known 3) / 1000, $(column scanned 3) / $(column known 3)")"
row "… the server's memory, before → after" "$memory_before MB → $(memory VmRSS) MB"
row "Redirects refused or failed in all that" "$errors" "0" "$(target '==' 0 "$errors")"
stop ours

# --- 5. Memory, and 6. allocations, with the product inside what measures it.
say "memory of known links"
measure memory "$work" "$stored" "$room"
say "allocations"
measure allocations "$work"

report "what goes with a redirect" \
  "Load by wrk and by bench/Measure on the same machine" \
  "Allocations: BenchmarkDotNet in the process of the product, 64 redirects at once; the parts explain the whole, as the comments in bench/Measure/*Benchmarks.cs say"
