#!/usr/bin/env bash
# A small shop, over HTTP, against a running instance: a partner's link is clicked, the visitor buys, the brand reports the order,
# again by a postback, corrects it, a second order is taken back, a third is reported before its click is known; and the
# partner sees what it is paid.
#   examples/shop.sh http://127.0.0.1:8080 OPERATOR_KEY
# Needs curl, jq and openssl. Leaves what it made behind.
set -euo pipefail

base="${1:?the address of the instance is missing: examples/shop.sh http://127.0.0.1:8080 OPERATOR_KEY}"
operator="${2:?the key of the operator is missing}"

die() { echo "FAILED: $*" >&2; exit 1; }
expect() { [ "$2" = "$3" ] || die "$1: expected '$3', got '$2'"; echo "ok  $1: $2"; }

# call KEY METHOD PATH [BODY]: answers the body of a successful call.
call() {
  local key="$1" method="$2" path="$3"
  shift 3
  curl -sS --fail-with-body -X "$method" "$base/api/v1$path" -H "Authorization: Bearer $key" \
    ${1:+-H 'Content-Type: application/json' --data-binary "$1"} || die "$method $path"
}
money() { jq -nc --arg amount "$1" '{ amount: $amount, currency: "EUR" }'; }

# --- A brand that pays 10 % of an order, a partner, a task, and the partner's link.
program="$(call "$operator" POST /programs '{ "name": "Small shop", "defaultLandingPage": "https://www.example.com/", "currency": "EUR", "timeZone": "Europe/Berlin" }' | jq -r .id)"
brand="$(call "$operator" POST /keys "{ \"role\": \"brand\", \"programId\": \"$program\", \"name\": \"shop\" }" | jq -r .key)"
partner_id="$(call "$brand" POST /partners '{ "name": "A partner", "kind": "partner" }' | jq -r .id)"
partner="$(call "$operator" POST /keys "{ \"role\": \"partner\", \"partnerId\": \"$partner_id\", \"name\": \"partner\" }" | jq -r .key)"
campaign="$(call "$brand" POST "/programs/$program/campaigns" '{ "name": "Spring", "kind": "performance", "tracking": { "clicksAndConversions": true },
  "payForPerformance": { "enabled": true, "terms": { "model": "percentage", "rate": "10" } }, "landing": { "mode": "partnerChoice" } }' | jq -r .id)"
call "$brand" POST "/campaigns/$campaign/activate" >/dev/null
call "$brand" PUT "/campaigns/$campaign/participants/$partner_id" >/dev/null
task="$(call "$brand" POST "/campaigns/$campaign/tasks" "{ \"partnerId\": \"$partner_id\", \"name\": \"Post\" }" | jq -r .id)"
link="$(call "$partner" POST "/tasks/$task/links" '{ "landingPage": "https://www.example.com/shoes" }' | jq -r .trackingUrl)"

# --- A visitor clicks, and the landing page gets the click's id.
click() { curl -sS -D - -o /dev/null "$link" | grep -i '^location: ' | grep -o 'clk_[0-9a-z]*'; }
first="$(click)"
echo "ok  the visitor arrives with $first"

# --- The visitor buys for 80 euros. The brand reports it; a repeat, even by another way, is the same conversion.
report() { jq -nc --arg click "$1" --arg order "$2" --argjson amount "$(money "$3")" '{ clickId: $click, orderId: $order, amount: $amount }'; }
conversion="$(call "$brand" POST /conversions "$(report "$first" A-1 80.00)")"
id="$(jq -r .id <<<"$conversion")"
expect "the order pays" "$(jq -r .payout.amount <<<"$conversion")" 8.00
secret="$(call "$brand" POST "/programs/$program/signing-secrets" '{}' | jq -r .secret)"
query="clickId=$first&orderId=A-1&amount=80.00"
signature="$(printf %s "$query" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)"
expect "a postback of the same order answers" "$(curl -sS -o /dev/null -w '%{http_code}' "$base/postback/$program?$query&signature=$signature")" 200

# --- One shoe comes back.
expect "corrected to 50 it pays" "$(call "$brand" POST "/conversions/$id/adjust" "{ \"amount\": $(money 50.00), \"reason\": \"One came back.\" }" | jq -r .payout.amount)" 5.00

# --- A second order is taken back as a whole.
second="$(call "$brand" POST /conversions "$(report "$first" A-2 20.00)" | jq -r .id)"
expect "the second order is" "$(call "$brand" POST "/conversions/$second/reverse" | jq -r .state)" reversed

# --- An order whose click nobody knows waits, and can be seen.
unknown="clk_${first:4:10}0000000000000000"
expect "an unknown click" "$(call "$brand" POST /conversions "$(report "$unknown" A-3 10.00)" | jq -r .state)" waitingForClick
expect "unmatched orders" "$(call "$brand" GET "/programs/$program/conversions/unmatched" | jq '.items | length')" 1

# --- What the partner sees.
counters="$(call "$partner" GET "/tasks/$task/counters")"
expect "clicks" "$(jq .clicks <<<"$counters")" 1
expect "conversions" "$(jq .conversions <<<"$counters")" 1
expect "revenue" "$(jq -r .revenue.amount <<<"$counters")" 50.00
expect "payout" "$(jq -r .payout.amount <<<"$counters")" 5.00
expect "the report by device pays" "$(call "$partner" GET "/reports/performance?programId=$program&groupBy=day,device" | jq -r '[.items[].payout.amount] | join(", ")')" 5.00
expect "the report as a file" "$(curl -fsS "$base/api/v1/reports/performance?groupBy=campaign&format=csv" -H "Authorization: Bearer $brand" | tail -n 1 | cut -d, -f 2,6-9 | tr -d '\r')" 1,1,50.00,EUR,5.00
expect "what changed the first order" "$(call "$partner" GET "/conversions/$id" | jq -r '[.entries[] | "\(.kind) \(.payout.amount)"] | join(", ")')" "reported 8.00, adjusted -3.00"
expect "drift" "$(call "$operator" GET /ledger | jq .drift)" 0
echo "The shop works."
