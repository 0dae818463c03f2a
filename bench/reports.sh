#!/usr/bin/env bash
# Measures reports over a year of a program with 10 million clicks, in SQLite and in a private PostgreSQL:
#   bench/reports.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 15 minutes, or two with --quick, on a million clicks.
# Server and load share the machine: run it on an idle one.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

clicks=10000000
if $quick; then clicks=1000000; fi

build bench/Measure
start_postgres
say "recording $(group <<<"$clicks") clicks in both"
mkdir -p "$work/sqlite"
measure reports "$work/sqlite" "$clicks" "$database"

report "reports over a year" \
  "Clicks over 10,000 links (Zipf) of 1,000 tasks in 60 countries, reporting values on three of ten; medians of three; everything in its own process, nothing else runs"
