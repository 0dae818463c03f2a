#!/usr/bin/env bash
# Runs a cluster on this machine: a private PostgreSQL, silos, and edges. ./run.sh --cluster builds and starts it:
#   deploy/local/cluster.sh SILOS EDGES PORT FOLDER [ARGUMENT…]
# The edges listen on PORT, PORT + 1 and so on, and take the arguments. Everything is kept in FOLDER. A silo or an edge that
# ends by itself is started again. Ctrl-C or SIGTERM ends all of it in order: edges, silos, PostgreSQL.
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$(dirname "$here")")"

fail() { echo "run.sh: $*" >&2; exit 1; }

[ $# -ge 4 ] || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 1; }
silos="$1" edges="$2" port="$3" folder="$4"
shift 4
mkdir -p "$folder" && folder="$(cd "$folder" && pwd)" || fail "the data folder $folder cannot be made; choose another with --data."

case "$folder" in *[,\;]*) fail "the data folder $folder has a comma or semicolon in its path, which names no PostgreSQL; choose another with --data." ;; esac

if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; } || fail "PostgreSQL is missing; install the package postgresql."
  echo "Installing PostgreSQL…"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null || fail "PostgreSQL cannot be installed; install the package postgresql."
fi

# Each has a process group of its own, so that the terminal's Ctrl-C reaches this script alone, which ends them in order.
set -m
prefix() { sed -u "s/^/$1 │ /"; }
declare -A pids
stopping=false

# PostgreSQL ends when the other end of this pipe is closed, also when this script is killed.
mkfifo "$folder/.postgres-$$"
"$here/postgres.sh" "$folder/postgres" max_connections=200 <"$folder/.postgres-$$" >"$folder/postgres.ready" 2> >(prefix "postgres" >&2) &
postgres=$!
exec 9>"$folder/.postgres-$$"
rm -f "$folder/.postgres-$$"
until grep -q ready "$folder/postgres.ready" 2>/dev/null; do
  kill -0 "$postgres" 2>/dev/null || fail "PostgreSQL does not start."
  sleep 0.1
done

# They end with this script, also when it is killed.
with_us=()
! setpriv --pdeathsig TERM true 2>/dev/null || with_us=(setpriv --pdeathsig TERM)

start() { # start NAME DLL ARGUMENTS…
  local name="$1" dll="$2"
  shift 2
  "${with_us[@]}" dotnet "$root/src/$dll" --Database:Provider Postgres --Database:ConnectionString "Host=$folder/postgres;Username=postgres;Database=postgres" "$@" \
    9>&- > >(prefix "$name") 2> >(prefix "$name" >&2) &
  pids[$name]=$!
}
edge_arguments=("$@") silo_arguments=()

# What silos know of the settings, they get too.
for argument in "${!edge_arguments[@]}"; do
  case "${edge_arguments[$argument]}" in
    --Cluster:Mode) ;;
    --Cluster:*|--Database:*|--Shutdown:*|--Webhooks:*|--Logging:*) silo_arguments+=("${edge_arguments[@]:$argument:2}") ;;
  esac
done
silo() { start "silo-$1" Silo/bin/Release/net10.0/OrleansLinks.Silo.dll --Http:Port 0 --Cluster:SiloPort 0 --Cluster:GatewayPort 0 "${silo_arguments[@]}"; }
edge() {
  local arguments=("${edge_arguments[@]}")

  # One set of demo data will do.
  [ "$1" = 1 ] || arguments+=(--demo false)
  start "edge-$1" Api/bin/Release/net10.0/OrleansLinks.Api.dll --Cluster:Mode Client --data "$folder/edge-$1" --port $((port + $1 - 1)) "${arguments[@]}"
}

end_all() { # end_all PREFIX: asks all of that kind to end, and waits for them
  local name
  for name in "${!pids[@]}"; do [[ "$name" != "$1"* ]] || kill -TERM "${pids[$name]}" 2>/dev/null; done
  for name in "${!pids[@]}"; do [[ "$name" != "$1"* ]] || wait "${pids[$name]}"; done 2>/dev/null
}
stop() {
  $stopping && return
  stopping=true
  end_all edge-
  end_all silo-
  exec 9>&-
  wait "$postgres" 2>/dev/null
  rm -f "$folder/postgres.ready"
  exit "${1:-0}"
}
trap 'stop 0' INT TERM

# Clicks wait in the journal of an edge for that edge.
for journal in "$folder"/edge-*/journal; do
  number="${journal%/journal}" number="${number##*-}"
  [ -d "$journal" ] && [ "$number" -gt "$edges" ] || continue
  echo "run.sh: edge-$number of an earlier run is not started; clicks that are still in $journal are counted when it is (--apis $number)." >&2
done

for i in $(seq "$silos"); do silo "$i"; done
for i in $(seq "$edges"); do edge "$i"; done

# One that ends with a message about its settings, or before it was ready, would end again.
declare -A since
for name in "${!pids[@]}"; do since[$name]=$SECONDS; done
while true; do
  sleep 0.3
  $stopping && break
  kill -0 "$postgres" 2>/dev/null || { echo "run.sh: PostgreSQL has ended." >&2; stop 1; }
  for name in "${!pids[@]}"; do
    kill -0 "${pids[$name]}" 2>/dev/null && continue
    [ $((SECONDS - since[$name])) -ge 5 ] || { echo "run.sh: $name has ended." >&2; stop 1; }
    echo "run.sh: $name has ended, and is started again." >&2
    "${name%-*}" "${name#*-}"
    since[$name]=$SECONDS
  done
done
