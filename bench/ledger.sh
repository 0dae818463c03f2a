#!/usr/bin/env bash
# Measures what recording a click costs, in a private PostgreSQL that waits for the disk and in SQLite:
#   bench/ledger.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes a minute and a half, or half a minute with --quick.
# Server and load share the machine: run it on an idle one.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rounds=24
if $quick; then rounds=6; fi

build bench/Measure
start_postgres
mkdir -p "$work/sqlite"
say "recording $((rounds * 32768)) clicks in both"
measure ledger "$work/sqlite" "$rounds" "$database" "$postmaster"

report "what recording a click costs" \
  "Clicks over 10,000 links (Zipf) of 100 tasks, in rounds of 32,768 that are split by shard as the shipper does, the shards at once" \
  "PostgreSQL: all its processes, also those that write behind; fsync and synchronous_commit are on"
