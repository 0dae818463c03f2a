#!/usr/bin/env bash
# Measures the comparison of totals with details (the drift of GET /ledger) on 10 million clicks, in SQLite and in a private
# PostgreSQL:
#   bench/audit.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 12 minutes, or one with --quick, on a million clicks.
# Server and load share the machine: run it on an idle one.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

clicks=10000000
if $quick; then clicks=1000000; fi

build bench/Measure
start_postgres
say "recording $(group <<<"$clicks") clicks in both"
mkdir -p "$work/sqlite"
measure audit "$work/sqlite" "$clicks" "$database"

report "comparing totals with details" \
  "Clicks over 10,000 links (Zipf) of 100 tasks; medians of three comparisons; everything in its own process, nothing else runs"
