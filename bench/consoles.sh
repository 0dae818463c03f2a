#!/usr/bin/env bash
# Measures what open consoles cost the redirects: redirects without and with 500 pages of tasks open, whose counters move
# with them, by turns, on a private instance on this machine:
#   bench/consoles.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 9 minutes, or four with --quick.
# Server, visitors and those who have the consoles open share the machine: run it on an idle one, and compare ratios rather
# than numbers. What the server spends on a redirect is free of what the others take.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds).
consoles=500 tasks=200 links=10 probes=20 connections=64 rounds=5 seconds=10 warm_up=15 settle=5 idle=10
# The runtime optimizes what runs often while it runs: until it has, its work would be taken for that of the consoles.
optimizing=60
if $quick; then rounds=2 seconds=5 warm_up=5 settle=3 idle=5 optimizing=45; fi

build src/Api bench/Consoles
start ours
make_campaign
say "creating $((tasks + probes)) tasks of $links links"
jq -c ".[:$links]" "$work/batch.json" >"$work/few.json"
for task in $(seq $((tasks + probes))); do
  id="$(new_task "Watched $task")"
  curl -sS --fail-with-body -X POST "$ours_at/api/v1/tasks/$id/links/batch" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' --data-binary "@$work/few.json" |
    jq -r --arg task "$id" '.items[].link.trackingUrl | "\($task) \(sub("^https?://[^/]*"; ""))"'
done >"$work/all"
head -$((tasks * links)) "$work/all" | cut -d' ' -f2 | shuf >"$work/links"
head -$((tasks * links)) "$work/all" | cut -d' ' -f1 | uniq >"$work/tasks"
tail -$((probes * links)) "$work/all" | awk '!seen[$1]++' >"$work/probes"

# --- Those who have the consoles open: a process that is told what to do.
program="$(call GET "/campaigns/$campaign" | jq -r .programId)"
ORLEANSLINKS_CONSOLE_KEY="$(call POST /keys "{ \"role\": \"brand\", \"programId\": \"$program\", \"name\": \"Bench\" }" | jq -r .key)"
export ORLEANSLINKS_CONSOLE_KEY
coproc watchers { exec dotnet "$here/Consoles/bin/Release/net10.0/Consoles.dll" "$ours_at" "$consoles" "$work/tasks" "$work/probes" 2>"$work/clients.log"; }
clients="$watchers_PID" to="${watchers[1]}" from="${watchers[0]}" children+=("$watchers_PID")
tell() { # tell COMMAND: leaves the answer in $answer
  echo "$1" >&"$to"
  read -r answer <&"$from" || { cat "$work"/*.log >&2; fail "the consoles are gone at $1."; }
}

# --- Rounds.
after_load() { until_counted; }
follow() { # follow RUN SECONDS: a run; adds the share of a core that the consoles' clients took to $work/clients-RUN
  local before began
  before="$(ticks "$clients")" began="$(date +%s%N)"
  load "$1" "$ours" -t1 "-c$connections" "-d${2}s" --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/links" even
  calc '%.3f\n' "($(ticks "$clients") - $before) / $per_second * 1e9 / ($(date +%s%N) - $began)" >>"$work/clients-$1"
}
rest() { # rest RUN: adds the share of a core that the server takes while nobody clicks to $work/idle-RUN
  local before began
  sleep "$settle"
  before="$(ticks "$ours")" began="$(date +%s%N)"
  sleep "$idle"
  calc '%.3f\n' "($(ticks "$ours") - $before) / $per_second * 1e9 / ($(date +%s%N) - $began)" >>"$work/idle-$1"
}
open() { # adds seconds of the server's processor for an opened page to $work/opened
  local before
  before="$(ticks "$ours")"
  tell open
  calc '%.1f\n' "($(ticks "$ours") - $before) / $per_second * 1000 / ($consoles + $probes)" >>"$work/opened"
}

say "warming up"
follow warm "$warm_up"
memory_before="$(memory VmRSS)"
open
memory_with="$(memory VmRSS)"
follow warm "$optimizing"
tell close
rm "$work"/runs-* "$work"/clients-* "$work/opened"
for round in $(seq "$rounds"); do
  say "redirects, round $round of $rounds"
  rest without
  follow without "$seconds"
  open
  rest with
  tell sent; read -r batches_before bytes_before _ <<<"$answer"
  follow with "$seconds"
  tell sent; read -r batches bytes _ <<<"$answer"
  calc '%.2f %.0f\n' "($batches - $batches_before) / ($consoles * $seconds), ($bytes - $bytes_before) / ($batches - $batches_before)" >>"$work/sent"
  tell close
done

# --- How late counters are, while redirects come as fast as they can, and while few do.
say "how late counters are"
open
late() { # late RUN: leaves $clicked, $unseen, $counter and $row
  tell "probe $((seconds * 2))"
  read -r clicked unseen c50 c99 cmax r50 r99 rmax <<<"$answer"
  all_unseen=$((all_unseen + unseen))
  row "$1: until a click shows on its task's open page" "p50 $c50 ms, p99 $c99 ms, at most $cmax ms, of $clicked clicks" "${2:-}" "${2:+$(target '<=' 2000 "$cmax")}"
  row "… and on its link's row there" "p50 $r50 ms, p99 $r99 ms, at most $rmax ms"
}
all_unseen=0
late "A click a tenth of a second" "≤ 2,000 ms"
wrk -t1 "-c$connections" -d600s --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/links" even >"$work/background.log" 2>&1 & background=$!
children+=("$background")
late "The same beside redirects as fast as they can"
kill -INT "$background"
wait "$background" || true
read_result "$work/background.log"
errors=$((errors + failed))
until_counted
tell close
tell sent; read -r _ _ failures <<<"$answer"
[ ! -s "$work/clients.log" ] || say "the first that failed: $(head -1 "$work/clients.log")"

# --- What came out.
ratio="$(calc %.3f "$(column without 4) / $(column with 4)")"
row "Redirects, no console open" "$(describe without)"
row "Redirects, $consoles consoles open" "$(describe with)"
row "What the server spends on a redirect, without / with" "$(calc '%.1f µs / %.1f µs' "$(column without 4), $(column with 4)") = $ratio"
taken="$(calc %.3f "$(column with 1) * ($(column with 4) - $(column without 4)) / 1e6")"
row "… which is what the consoles take of the server" "$taken cores; $(calc %.2f "$taken * 1000 / ($consoles + $probes)") ms a second for a console"
row "… or as many redirects as it answers instead" "$(calc %.0f "$taken * 1e6 / $(column without 4)" | group) a second"
rates="$(calc %.3f "$(column with 1) / $(column without 1)")"
row "Redirects a second, with / without, the clients of the consoles on the same cores" "$rates" "≥ 0.9" "$(target '>=' 0.9 "$rates")"
taken="$(median <"$work/clients-with")"
row "… the clients take" "$(calc %.2f "$taken") of $(nproc) cores"
row "… with that taken out" "$(calc %.3f "$(column with 1) / $(column without 1) * $(nproc) / ($(nproc) - $taken)")"
row "… p99 with / without" "$(calc '%.1f ms / %.1f ms' "$(column with 3) / 1000, $(column without 3) / 1000")"
row "A console is sent" "$(cut -d' ' -f1 "$work/sent" | median) batches a second of $(cut -d' ' -f2 "$work/sent" | median) bytes"
row "The server's processor while nobody clicks, without → with" "$(calc '%.3f → %.3f cores' "$(median <"$work/idle-without"), $(median <"$work/idle-with")")"
row "To open a page" "$(median <"$work/opened") ms of the server's processor"
row "Memory, before → with the first $consoles open" "$memory_before MB → $memory_with MB: $(calc %.2f "($memory_with - $memory_before) / ($consoles + $probes)") MB each; $(memory VmHWM) MB at most in all that"
row "Redirects that failed; clicks that did not show; connections and pages that failed" "$errors; $all_unseen; $failures" "0; 0; 0" "$(target '==' 0 "$errors + $all_unseen + $failures")"

report "open consoles" \
  "$consoles consoles, each a signed-in page of one of $tasks tasks of $links links with a connection of its own, kept open without browsers; $probes more that watch tasks which nobody else clicks" \
  "wrk, 1 thread, $connections connections, all links as often; medians of $rounds rounds of $seconds s, by turns; CPU of the server until the clicks are counted" \
  "load $(cut -d' ' -f1-3 /proc/loadavg) at the end: what else runs here takes from the rates, and hardly from the processor time of a redirect"
