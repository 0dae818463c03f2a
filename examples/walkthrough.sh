#!/usr/bin/env bash
# The four ways to a tracking link, over HTTP, against a running instance: sets a brand, a partner and a creator up,
# creates links as each of them would, clicks each link 3 times with GET and once with HEAD, and reads 3 from its counters.
#   examples/walkthrough.sh http://127.0.0.1:8080 OPERATOR_KEY
# Needs curl and jq. Leaves what it made behind.
set -euo pipefail

base="${1:?the address of the instance is missing: examples/walkthrough.sh http://127.0.0.1:8080 OPERATOR_KEY}"
operator="${2:?the key of the operator is missing}"

die() { echo "FAILED: $*" >&2; exit 1; }
expect() { [ "$2" = "$3" ] || die "$1: expected '$3', got '$2'"; }

# call KEY METHOD PATH [BODY]: answers the body of a successful call.
call() {
  local key="$1" method="$2" path="$3"
  shift 3
  curl -sS --fail-with-body -X "$method" "$base/api/v1$path" -H "Authorization: Bearer $key" \
    ${1:+-H 'Content-Type: application/json' --data-binary "$1"} || die "$method $path"
}

# counted WHAT WANTED PATH FILTER: reads until it is so. Clicks that went to another edge of a cluster than reads do show there a moment later.
counted() {
  local got
  for _ in $(seq 50); do
    got="$(curl -sS "$base/api/v1$3" -H "Authorization: Bearer $brand_key" | jq -r "$4")"
    [ "$got" != "$2" ] || return 0
    sleep 0.1
  done
  expect "$1" "$got" "$2"
}

# click NAME LINK_JSON URL PAGE: clicks, and checks where it leads and what is counted.
click() {
  local name="$1" link="$2" url="$3" page="$4" headers location id
  local head="${page%%#*}" fragment=""
  [[ "$page" == *#* ]] && fragment="#${page#*#}"
  local separator="?"
  [[ "$head" == *\?* ]] && separator="&"
  for _ in 1 2 3; do
    headers="$(curl -sS -D - -o /dev/null "$url" | tr -d '\r')"
    expect "$name: status" "$(head -1 <<<"$headers" | cut -d' ' -f2)" 302
    grep -qi '^cache-control: no-store$' <<<"$headers" || die "$name: no Cache-Control: no-store"
    location="$(grep -i '^location: ' <<<"$headers" | cut -d' ' -f2-)"
    id="$(grep -o 'clk_[0-9a-z]*' <<<"$location" | tail -1)"
    expect "$name: location" "$location" "${head}${separator}clickid=${id}${fragment}"
    counted "$name: click" "$(jq -r .id <<<"$link")" "/clicks/$id" .linkId
  done
  expect "$name: HEAD" "$(curl -sS -I -o /dev/null -w '%{http_code}' "$url")" 302
  counted "$name: clicks counted, and of them outside terms" "3 0" "/links/$(jq -r .id <<<"$link")/counters" '"\(.clicks) \(.outsideTermsClicks)"'
  echo "ok  $name → $location"
}

# campaign KIND LANDING_JSON: makes a campaign that links can be created in, and answers its id.
campaign() {
  local id
  id="$(call "$brand_key" POST "/programs/$program/campaigns" "$(jq -n --arg kind "$1" --argjson landing "$2" '{
      name: "Walkthrough \($kind), \($landing.mode)", kind: $kind, tracking: { clicksAndConversions: true },
      payForPerformance: { enabled: true, terms: { model: "percentage", rate: "7.5" } }, landing: $landing }')" | jq -r .id)"
  call "$brand_key" POST "/campaigns/$id/activate" >/dev/null
  echo "$id"
}

# task CAMPAIGN PARTNER: lets the partner take part, assigns a task, and answers its id.
task() {
  call "$brand_key" PUT "/campaigns/$1/participants/$2" >/dev/null
  call "$brand_key" POST "/campaigns/$1/tasks" "$(jq -n --arg partner "$2" '{ partnerId: $partner, name: "Post about the spring collection" }')" | jq -r .id
}

default_page="https://www.example.com/start?from=links"
product_page="https://www.example.com/products?id=7&ref=a%20b#top"
idn_page="https://bücher.example/straße?q=ü#ende"
idn_page_kept="https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC#ende"
saved_page="https://shop.example.com/sale?tag=a&tag=b"

# --- The operator sets a brand, a partner and a creator up.
program="$(call "$operator" POST /programs "$(jq -n --arg page "$default_page" '{ name: "Walkthrough brand", defaultLandingPage: $page,
  permittedDomains: ["*.example.com", "bücher.example"], currency: "EUR", timeZone: "Europe/Berlin" }')" | jq -r .id)"
partner="$(call "$operator" POST /partners '{ "name": "Walkthrough partner", "kind": "partner" }' | jq -r .id)"
creator="$(call "$operator" POST /partners '{ "name": "Walkthrough creator", "kind": "creator" }' | jq -r .id)"
brand_key="$(call "$operator" POST /keys "{ \"role\": \"brand\", \"programId\": \"$program\", \"name\": \"Walkthrough\" }" | jq -r .key)"
partner_key="$(call "$operator" POST /keys "{ \"role\": \"partner\", \"partnerId\": \"$partner\", \"name\": \"Walkthrough\" }" | jq -r .key)"
creator_key="$(call "$operator" POST /keys "{ \"role\": \"partner\", \"partnerId\": \"$creator\", \"name\": \"Walkthrough\" }" | jq -r .key)"

# --- 1. Brand, performance campaign: active campaigns → tasks → task details → landing page → form → create.
choice="$(campaign performance '{ "mode": "partnerChoice" }')"
choice_task="$(task "$choice" "$partner")"
call "$brand_key" GET "/programs/$program/campaigns?status=active&kind=performance" | jq -e --arg id "$choice" '.items | any(.id == $id)' >/dev/null || die "1: the campaign is not listed as active"
call "$brand_key" GET "/campaigns/$choice/tasks" | jq -e --arg id "$choice_task" '.items | any(.id == $id)' >/dev/null || die "1: the task is not listed"
expect "1: settings" "$(call "$brand_key" GET "/tasks/$choice_task" | jq -c '[.linkSettings | .canCreate, .landingMode, .defaultForm, .forms]')" '[true,"partnerChoice","short",["short","regular"]]'
link="$(call "$brand_key" POST "/tasks/$choice_task/links" "$(jq -n --arg page "$product_page" '{ landingPage: $page }')")"
click "1. brand, performance, short" "$link" "$(jq -r .trackingUrl <<<"$link")" "$product_page"
link="$(call "$brand_key" POST "/tasks/$choice_task/links" "$(jq -n --arg page "$idn_page" '{ form: "regular", landingPage: $page, sharedId: "spring", param: "brand only" }')")"
click "1. brand, performance, regular" "$link" "$(jq -r .trackingUrl <<<"$link")" "$idn_page_kept"

# --- 2. Brand, creator campaign: the same, without a choice of the form; here the link makes itself.
fixed="$(campaign creator '{ "mode": "programDefault" }')"
fixed_task="$(task "$fixed" "$creator")"
expect "2: settings" "$(call "$brand_key" GET "/tasks/$fixed_task" | jq -c '[.linkSettings | .canCreate, .landingMode, .forms]')" '[true,"programDefault",["short"]]'
link="$(call "$brand_key" GET "/tasks/$fixed_task" | jq .link)"
click "2. brand, creator, generated" "$link" "$(jq -r .trackingUrl <<<"$link")" "$default_page"
expect "2: the creator sees the same link" "$(call "$creator_key" GET "/tasks/$fixed_task" | jq -r .link.id)" "$(jq -r .id <<<"$link")"

# --- 3. Partner, from the task: participating campaigns → my tasks → task details → link preferences → create.
saved="$(campaign performance "$(jq -n --arg page "$saved_page" '{ mode: "savedPages", savedPages: [{ name: "Sale", url: $page }] }')")"
saved_task="$(task "$saved" "$partner")"
call "$partner_key" GET "/partners/$partner/campaigns" | jq -e --arg id "$saved" '.items | any(.id == $id)' >/dev/null || die "3: the campaign is not among the participating ones"
call "$partner_key" GET "/partners/$partner/tasks" | jq -e --arg id "$saved_task" '.items | any(.id == $id)' >/dev/null || die "3: the task is not among the partner's"
page_id="$(call "$partner_key" GET "/tasks/$saved_task" | jq -r '.linkSettings.savedPages[0].id')"
link="$(call "$partner_key" POST "/tasks/$saved_task/links" "{ \"savedPageId\": \"$page_id\" }")"
click "3. partner, saved page, short" "$link" "$(jq -r .trackingUrl <<<"$link")" "$saved_page"
link="$(call "$partner_key" POST "/tasks/$saved_task/links" "{ \"savedPageId\": \"$page_id\", \"form\": \"regular\" }")"
click "3. partner, saved page, regular" "$link" "$(jq -r .trackingUrl <<<"$link")" "$saved_page"

# --- 4. Partner, from the widget: program → campaign → task → Sub IDs and Shared ID → create.
widget="$(call "$partner_key" GET "/partners/$partner/campaigns" | jq -c --arg program "$program" '[.items[] | select(.programId == $program)]')"
widget_campaign="$(jq -r '.[] | select(.landingMode == "partnerChoice") | .id' <<<"$widget")"
widget_task="$(call "$partner_key" GET "/partners/$partner/tasks" | jq -r --arg id "$widget_campaign" '[.items[] | select(.campaignId == $id)][0].id')"
link="$(call "$partner_key" POST "/tasks/$widget_task/links" "$(jq -n --arg page "$product_page" '{ landingPage: $page, form: "regular", subId1: "blog", subId2: "top banner", subId3: "a&b", sharedId: "spring" }')")"
[[ "$(jq -r .trackingUrl <<<"$link")" == *"&subId1=blog&subId2=top%20banner&subId3=a%26b&sharedId=spring" ]] || die "4: the reporting values are not at the end of the tracking link"
[[ "$(jq -r .shareableUrl <<<"$link")" != *blog* ]] || die "4: the shareable link shows a reporting value"
click "4. partner, widget, regular" "$link" "$(jq -r .trackingUrl <<<"$link")" "$product_page"
expect "4: the partner sees its Sub ID" "$(call "$partner_key" GET "/tasks/$widget_task/clicks?limit=1" | jq -r '.items[0].subId1')" blog
expect "4: the brand does not" "$(call "$brand_key" GET "/tasks/$widget_task/clicks?limit=1" | jq -r '.items[0] | [.subId1, .sharedId] | @csv')" ',"spring"'

# --- Totals: the task of ways 1 and 4 has three links with 3 clicks each.
counted "task total" 9 "/tasks/$choice_task/counters" .clicks
counted "campaign total" 9 "/campaigns/$choice/counters" .clicks
echo "All four ways to a link work."
