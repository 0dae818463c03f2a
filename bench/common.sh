# What the benchmarks in this folder share: they source it with their own arguments, and find everything built.
# It leaves: $quick (whether --quick was given), $here, $root, $work (a folder for the time of the run), $key, and functions.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
name="$(basename "$0" .sh)"

fail() { echo "bench/$name.sh: $*" >&2; exit 1; }
say() { echo "· $*" >&2; }

quick=false
case "${1:-}" in
  "") ;;
  --quick) quick=true ;;
  -h|--help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) fail "$1 is unknown; bench/$name.sh --help tells what is known." ;;
esac
[ $# -le 1 ] || fail "$2 is unknown; bench/$name.sh --help tells what is known."

missing=()
for tool in wrk curl jq; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "install ${missing[*]} first."
  { apt-get update -qq && apt-get install -y -qq "${missing[@]}"; } >/dev/null || fail "cannot install ${missing[*]}; install it first."
fi
command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; install it from https://dot.net."

work="$(mktemp -d)"
children=()
clean_up() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT

build() { # build PROJECT…
  say "building"
  for project in "$@"; do
    dotnet build "$root/$project" -c Release --nologo -v quiet >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "the build of $project failed."; }
  done
}

# --- Servers. Each has a name: ${pids[NAME]} is its process, ${urls[NAME]} its address, $work/NAME.log what it says.
declare -A pids urls

free_port() {
  local port
  while port="$(shuf -i 20000-29999 -n 1)"; (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

until_answers() {
  for _ in $(seq 600); do
    curl -sf -o /dev/null "$1" && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work"/*.log >&2
  fail "$1 does not answer."
}

key="$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
export ORLEANSLINKS_OPERATOR_KEY="$key"

start() { # start NAME ARGUMENTS…: an instance of the product with the data folder $work/NAME
  local instance="$1" port
  shift
  port="$(free_port)"
  dotnet "$root/src/Api/bin/Release/net10.0/OrleansLinks.Api.dll" --port "$port" --data "$work/$instance" "$@" >"$work/$instance.log" 2>&1 &
  pids[$instance]=$! urls[$instance]="http://127.0.0.1:$port" children+=("$!")
  until_answers "${urls[$instance]}/health/ready" "${pids[$instance]}"
  use "$instance"
}

start_bare() { # the bare web server, by the name bare
  local port
  port="$(free_port)"
  dotnet "$here/BareKestrel/bin/Release/net10.0/BareKestrel.dll" "$port" >"$work/bare.log" 2>&1 &
  pids[bare]=$! urls[bare]="http://127.0.0.1:$port" children+=("$!")
  until_answers "${urls[bare]}/" "${pids[bare]}"
}

stop() { # stop NAME, and wait until it is gone
  kill "${pids[$1]}"
  wait "${pids[$1]}" || true
}

start_postgres() { # start_postgres OPTIONS…: a private PostgreSQL with an empty database; leaves its $postmaster and the connection string $database
  say "starting PostgreSQL"
  chmod 711 "$work"
  coproc server { exec "$root/deploy/local/postgres.sh" "$work/postgres" shared_buffers=512MB max_wal_size=4GB "$@"; }
  children+=("$server_PID")
  local ready
  read -r ready <&"${server[0]}" && [ "$ready" = ready ] || fail "PostgreSQL did not start."
  postmaster="$(head -1 "$work/postgres/data/postmaster.pid")"
  sql "CREATE DATABASE orleanslinks ENCODING 'UTF8'"
  database="Host=$work/postgres;Username=postgres;Database=orleanslinks"
}

sql() { # sql STATEMENT [DATABASE]
  "$(for there in /usr/lib/postgresql/*/bin; do echo "$there"; done | sort -V | tail -1)/psql" -qAt -h "$work/postgres" -U postgres -d "${2:-postgres}" -c "$1"
}

# use NAME: the instance that the functions below speak to.
use() { ours="${pids[$1]}" ours_at="${urls[$1]}"; }

call() { # call METHOD PATH [BODY]
  local method="$1" path="$2"
  shift 2
  curl -sS --fail-with-body -X "$method" "$ours_at/api/v1$path" -H "Authorization: Bearer $key" ${1:+-H 'Content-Type: application/json' --data-binary "$1"}
}

make_campaign() { # leaves $partner and $campaign, where links to any page of example.com can be made
  local program
  program="$(call POST /programs '{ "name": "Bench", "defaultLandingPage": "https://www.example.com/", "permittedDomains": ["*.example.com"], "currency": "EUR", "timeZone": "UTC" }' | jq -r .id)"
  partner="$(call POST /partners '{ "name": "Bench", "kind": "partner" }' | jq -r .id)"
  campaign="$(call POST "/programs/$program/campaigns" '{ "name": "Bench", "kind": "performance", "tracking": { "clicksAndConversions": true },
    "payForPerformance": { "enabled": true, "terms": { "model": "percentage", "rate": "5" } }, "landing": { "mode": "partnerChoice" } }' | jq -r .id)"
  call POST "/campaigns/$campaign/activate" >/dev/null
  call PUT "/campaigns/$campaign/participants/$partner" >/dev/null
}

new_task() { call POST "/campaigns/$campaign/tasks" "{ \"partnerId\": \"$partner\", \"name\": \"$1\" }" | jq -r .id; }

jq -nc '[range(1000) | { landingPage: "https://www.example.com/products/\(.)?campaign=spring" }]' >"$work/batch.json"
batch() { # batch TASK FIRST LAST CURL_ARGUMENTS…: that many batches of 1,000
  local task="$1" first="$2" last="$3"
  shift 3
  curl -sS --fail-with-body "$@" -X POST "$ours_at/api/v1/tasks/$task/links/batch?n=[$first-$last]" -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$work/batch.json"
}

make_links() { # make_links COUNT FILE: in tasks of 1,000; the file gets their paths, shuffled, so that the often clicked are of all tasks
  local task
  for task in $(seq $(($1 / 1000))); do
    batch "$(new_task "Clicks $task")" 1 1 | jq -r '.items[].link.trackingUrl | sub("^https?://[^/]*"; "")'
  done | shuf >"$2"
  [ "$(wc -l <"$2")" -eq "$1" ] || fail "not all links were created."
  local answer
  answer="$(curl -sS -o /dev/null -I -w '%{http_code} %{redirect_url}' -A 'Mozilla/5.0' "$ours_at$(head -1 "$2")")"
  [[ "$answer" == "302 https://www.example.com/products/"*"?campaign=spring&clickid=clk_"* ]] || fail "a link answers $answer."
}

# uncounted: how many clicks the instance has taken in and not counted yet.
uncounted() { curl -sS "$ours_at/metrics" | awk '/^orleanslinks_clicks_journaled/ { n += $2; known = 1 } /^orleanslinks_clicks_applied/ { n -= $2 } END { if (!known) exit 1; print n + 0 }'; }
until_counted() { # a minute at most
  local left
  for _ in $(seq 300); do
    left="$(uncounted)"
    [ "$left" -ne 0 ] || return 0
    sleep 0.2
  done
  fail "the clicks were not counted within a minute."
}

# --- Arithmetic.
calc() { awk "BEGIN { printf \"$1\", $2 }"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
group() { awk '{ printf "%d\n", $1 }' | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta'; }
memory() { awk -v name="$1:" '$1 == name { printf "%d", $2 / 1024 }' "/proc/$ours/status"; }
ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
per_second="$(getconf CLK_TCK)"

# --- Load by wrk.
read_result() { # read_result LOG: leaves $answered, $failed, $micros, $p50 and $p99 of a run
  local result
  result="$(grep '^result ' "$1")" || { cat "$1" >&2; fail "wrk gave no result."; }
  read -r _ answered failed micros p50 p99 <<<"$result"
}

# load NAME PID WRK_ARGUMENTS…: one run; adds "rate p50 p99 cpu" to $work/runs-NAME, and to $answers and $errors.
answers=0 errors=0
after_load() { :; } # a script can wait here for what the load has left: that is in the processor time too
load() {
  local run="$1" pid="$2" before
  shift 2
  before="$(ticks "$pid")"
  wrk "$@" >"$work/wrk.log" 2>&1 || { cat "$work/wrk.log" >&2; fail "wrk failed."; }
  read_result "$work/wrk.log"
  after_load
  answers=$((answers + answered)) errors=$((errors + failed))
  [ "$answered" -gt 0 ] || { cat "$work"/*.log >&2; fail "nothing was answered."; }
  calc '%.1f %d %d %.2f\n' "$answered / $micros * 1e6, $p50, $p99, ($(ticks "$pid") - $before) / $per_second * 1e6 / $answered" >>"$work/runs-$run"
}
column() { cut -d' ' -f"$2" "$work/runs-$1" | median; }
describe() { echo "$(column "$1" 1 | group)/s, p50 $(calc %.1f "$(column "$1" 2) / 1000") ms, p99 $(calc %.1f "$(column "$1" 3) / 1000") ms, $(calc %.0f "$(column "$1" 4)") µs of CPU each"; }

# --- The report.
rows=()
# row WHAT VALUE [TARGET MET]
row() { rows+=("| $1 | $2 | ${3:-} | ${4:-} |"); say "$1: $2"; }
# target OPERATOR LIMIT VALUE: whether it is met, in a word.
target() { calc "%s" "($3 $1 $2) ? \"yes\" : \"**no**\""; }

measure() { # measure ARGUMENTS…: the rows of bench/Measure
  local what value target met
  dotnet "$here/Measure/bin/Release/net10.0/OrleansLinks.Bench.Measure.dll" "$@" >"$work/measured" 2>"$work/measure.log" ||
    { cat "$work/measured" "$work/measure.log" >&2; fail "measuring $1 failed."; }
  while IFS=$'\t' read -r what value target met; do
    [ -z "$value" ] || row "$what" "$value" "$target" "$met"
  done <"$work/measured"
}

report() { # report TITLE REMARK…: prints the rows, and keeps them
  local commit title="$1" remark
  shift
  commit="$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo none)"
  [ -z "$(git -C "$root" status --porcelain -- src 2>/dev/null)" ] || commit="$commit, changed"
  if $quick; then commit="$commit, --quick"; fi
  mkdir -p "$here/results"
  kept="$here/results/$(date -u +%Y%m%dT%H%M%SZ)-$name.md"
  {
    echo "# OrleansLinks benchmark: $title"
    echo
    echo "- $(date -u +%Y-%m-%dT%H:%M:%SZ), commit $commit"
    echo "- $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo) GB, $(uname -sr), $(stat -f -c %T "$work"), .NET $(dotnet --version); load $(cut -d' ' -f1 /proc/loadavg) at the end"
    for remark in "$@"; do echo "- $remark"; done
    echo
    echo "| what | measured | target | met |"
    echo "|---|---|---|---|"
    printf '%s\n' "${rows[@]}"
  } | tee "$kept"
  say "kept in ${kept#"$root/"}"
}
