#!/usr/bin/env bash
# Measures the export of a million clicks (GET /exports/clicks) from an embedded instance: how fast, to sqlite3's own dump of the
# same rows, and with how much memory; and its pages in SQLite and in a private PostgreSQL:
#   bench/export.sh [--quick]
# Prints a Markdown report and keeps it in bench/results/. Takes 2 minutes, or half of one with --quick, on 200,000 clicks.
# Server and load share the machine: run it on an idle one.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
command -v sqlite3 >/dev/null || apt-get install -y -qq sqlite3 >/dev/null || fail "install sqlite3 first."

clicks=1000000
if $quick; then clicks=200000; fi

build src/Api bench/Measure
start export
program="$(call POST /programs '{ "name": "Bench", "defaultLandingPage": "https://www.example.com/", "currency": "EUR", "timeZone": "UTC" }' | jq -r .id)"
stop export
start_postgres
say "recording $(group <<<"$clicks") clicks in both"
measure export "$work/export" "$program" "$clicks" "$database"

# The clicks with all that they name, in the order of an export.
cat >"$work/dump.sql" <<'SQL'
SELECT c.id, c.at, c.class, c.outside_terms_reason, c.is_bot, c.is_unique, s.scope, t.task_id, t.campaign_id, t.partner_id, p.program_id,
  c.landing_page, c.referrer, u.user_agent, c.sub_id1, c.sub_id2, c.sub_id3, c.shared_id, c.param
FROM clicks c CROSS JOIN click_tasks t ON t.number = c.task CROSS JOIN click_programs p ON p.number = t.program
LEFT JOIN scopes s ON s.number = c.link LEFT JOIN user_agents u ON u.number = c.user_agent ORDER BY c.id
SQL
now() { date +%s.%N; }
began="$(now)"
sqlite3 -csv "$work/export/links.db" <"$work/dump.sql" >"$work/dump.csv"
dumped="$(calc %.2f "$(now) - $began")"
row "sqlite3's own dump as CSV, for comparison" "$(calc %d "$clicks / $dumped" | group) rows/s, $(calc %.0f "$(stat -c %s "$work/dump.csv") / 1e6") MB in $dumped s"

# export_clicks FORMAT QUERY CURL_ARGUMENTS…: leaves $took and $peak, the most megabytes that the server had resident meanwhile, and the file $work/exported.
export_clicks() {
  local format="$1" query="$2" began
  shift 2
  echo 5 >"/proc/$ours/clear_refs"
  began="$(now)"
  curl -sS --fail-with-body "$@" -o "$work/exported" "$ours_at/api/v1/exports/clicks?programId=$program&format=$format$query" -H "Authorization: Bearer $key" || [ $? -eq 28 ]
  took="$(calc %.2f "$(now) - $began")" peak="$(memory VmHWM)"
}

start export
for _ in 1 2 3; do export_clicks csv "&limit=$((clicks / 10))"; done
small="$peak"
for format in csv ndjson; do
  export_clicks "$format" ""
  lines="$(wc -l <"$work/exported")"
  if [ "$format" = csv ]; then lines=$((lines - 1)); fi
  [ "$lines" -eq "$clicks" ] || fail "$lines rows were exported."
  row "All as ${format^^} over HTTP" "$(calc %d "$clicks / $took" | group) rows/s, $(calc %.0f "$(stat -c %s "$work/exported") / 1e6") MB in $took s"
  ratio="$(calc %.2f "$dumped / $took")"
  if [ "$format" = csv ]; then row "… to sqlite3's own dump" "$ratio"; fi
  ratio="$(calc %.2f "$peak / $small")"
  row "… most memory, to that of a tenth of the rows" "$peak MB / $small MB = $ratio" "flat" "$(target '<' 1.3 "$ratio")"
done
export_clicks csv "" --limit-rate 2M --max-time 10
ratio="$(calc %.2f "$peak / $small")"
row "A client that takes 2 MB/s and goes away after 10 s: most memory" "$peak MB / $small MB = $ratio" "flat" "$(target '<' 1.3 "$ratio")"

report "exporting clicks" "$(group <<<"$clicks") clicks over 10,000 links (Zipf) of 100 tasks; curl writes to the same disk"
