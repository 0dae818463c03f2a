#!/usr/bin/env bash
# Measures what telemetry costs a redirect: private instances of the product without any, with metrics that are scraped every
# 5 seconds, and with traces, metrics and logs sent to a collector too, by turns on this machine:
#   bench/telemetry.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes ten minutes, or two with --quick. What one process spends on a
# redirect differs from what another of the same kind does by some percent: hence three of each, and without the runtime's optimizing each by
# what it saw (DOTNET_TieredPGO), which differs by more than what is to be measured.
# Server and load share the machine: run it on an idle one, and compare ratios rather than numbers.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What is measured, and for how long (seconds). The product is warmed up until its hot code is compiled for good.
links=10000 connections=64 processes=3 rounds=5 seconds=6 warm_up=20
if $quick; then processes=1 rounds=3 seconds=4 warm_up=8; fi
modes=(off metrics all)
instances=()
for mode in "${modes[@]}"; do for number in $(seq "$processes"); do instances+=("$mode-$number"); done; done

export DOTNET_TieredPGO=0
build src/Api bench/BareKestrel
start_bare
for instance in "${instances[@]}"; do
  say "creating $links links, telemetry: $instance"
  case "$instance" in
    off-*) start "$instance" --OTEL_SDK_DISABLED true ;;
    metrics-*) start "$instance" ;;
    all-*) start "$instance" --OTEL_EXPORTER_OTLP_ENDPOINT "${urls[bare]}" --OTEL_EXPORTER_OTLP_PROTOCOL http/protobuf ;;
  esac
  make_campaign
  make_links "$links" "$work/zipf-$instance"
done

# Without metrics, only the ledger itself says what is not counted yet.
uncounted() { call GET /ledger | jq '.journaled - .applied'; }
after_load() { until_counted; }
follow() { # follow INSTANCE SECONDS
  local scraper= mode="${1%-*}"
  use "$1"
  if [ "$mode" != off ]; then
    while curl -sS -o /dev/null "$ours_at/metrics"; do sleep 5; done &
    scraper=$!
  fi
  load "$mode" "$ours" -t1 "-c$connections" "-d${2}s" --latency -s "$here/wrk/redirect.lua" "$ours_at" -- "$work/zipf-$1" zipf
  [ -z "$scraper" ] || { kill "$scraper"; wait "$scraper" 2>/dev/null || true; }
}

say "warming up"
for instance in "${instances[@]}"; do follow "$instance" "$warm_up"; done
rm "$work"/runs-*
for round in $(seq "$rounds"); do
  say "redirects, round $round of $rounds"
  for instance in $(shuf -e "${instances[@]}"); do follow "$instance" "$seconds"; done
done

row "Redirects without telemetry" "$(describe off)"
row "Redirects with metrics, scraped every 5 s" "$(describe metrics)"
row "Redirects with metrics, and traces (1 in 100), metrics and logs sent by OTLP as often as it does by itself" "$(describe all)"
for mode in metrics all; do
  cost="$(calc %.3f "$(column "$mode" 4) / $(column off 4)")"
  row "What the server spends on a redirect, $mode / off" "$cost" "< 1.05" "$(target '<' 1.05 "$cost")"
  row "Redirects a second, $mode / off" "$(calc %.3f "$(column "$mode" 1) / $(column off 1)")"
done
row "Redirects that failed" "$errors" "0" "$(target '==' 0 "$errors")"
report "telemetry" \
  "$(group <<<"$links") links, the one of rank k 1/k as often as the first; Clicks:Durability Disk" \
  "wrk, 1 thread, $connections connections; medians of $rounds rounds of $seconds s of each of $processes processes, in another order each; CPU of the server until the clicks are counted"
