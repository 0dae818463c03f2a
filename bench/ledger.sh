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
say "starting PostgreSQL"
mkdir -p "$work/sqlite"
chmod 711 "$work"
coproc server { exec "$root/deploy/local/postgres.sh" "$work/postgres" shared_buffers=512MB max_wal_size=4GB; }
children+=("$server_PID")
read -r ready <&"${server[0]}" && [ "$ready" = ready ] || fail "PostgreSQL did not start."
psql="$(for there in /usr/lib/postgresql/*/bin; do echo "$there"; done | sort -V | tail -1)/psql"
"$psql" -q -h "$work/postgres" -U postgres -d postgres -c "CREATE DATABASE orleanslinks ENCODING 'UTF8'"
say "recording $((rounds * 32768)) clicks in both"
measure ledger "$work/sqlite" "$rounds" "Host=$work/postgres;Username=postgres;Database=orleanslinks" "$(head -1 "$work/postgres/data/postmaster.pid")"

report "what recording a click costs" \
  "Clicks over 10,000 links (Zipf) of 100 tasks, in rounds of 32,768 that are split by shard as the shipper does, the shards at once" \
  "PostgreSQL: all its processes, also those that write behind; fsync and synchronous_commit are on"
