#!/usr/bin/env bash
# Runs a private PostgreSQL, which only who may enter its folder can reach, until standard input ends:
#   deploy/local/postgres.sh FOLDER [SETTING=VALUE…]
# Prints "ready" when it answers: on a socket in FOLDER, to the user postgres, without a password. So that it ends with
# whoever started it, however that ends, give it a pipe as standard input. The folder is the caller's to remove; one of a
# run before is used again.
set -euo pipefail

fail() { echo "postgres.sh: $*" >&2; exit 1; }

[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 1; }
folder="$1"
shift
bin="$(for there in /usr/lib/postgresql/*/bin; do [ -x "$there/initdb" ] && echo "$there"; done | sort -V | tail -1)"
[ -n "$bin" ] || bin="$(dirname "$(command -v initdb || fail "PostgreSQL is missing; install the package postgresql.")")"

# It must not run as root, and a socket's path is no longer than this.
[ ${#folder} -le 80 ] || fail "the path of the folder is too long for a socket: $folder"
as=()
mkdir -p "$folder"
if [ "$(id -u)" -eq 0 ]; then
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
  chown postgres:postgres "$folder"
fi
chmod 700 "$folder"
cd "$folder"
"${as[@]}" test -w "$folder" || fail "the user postgres cannot get to $folder; let others pass through the folders above it, or choose another."

! "$bin/pg_isready" -q -h "$folder" || fail "another PostgreSQL runs in $folder; stop that one, or choose another folder."

# By another name until it is complete: whoever ends it halfway leaves nothing that looks like a database.
if [ ! -f data/PG_VERSION ]; then
  rm -rf data.new
  "${as[@]}" "$bin/initdb" -D data.new -U postgres -A trust -E UTF8 --locale=C --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; fail "initdb failed."; }
  [ ! -d data ] || rmdir data || fail "$folder/data is no database and not empty; remove it, or choose another folder."
  mv data.new data
fi
settings=()
for setting in "$@"; do settings+=(-c "$setting"); done
"${as[@]}" "$bin/postgres" -D data -k "$folder" -c listen_addresses= "${settings[@]}" >postgres.log 2>&1 </dev/null &
server=$!
disown # or the shell would tell when it is killed, which some tests do
trap 'kill -INT "$server" 2>/dev/null || true; while kill -0 "$server" 2>/dev/null; do sleep 0.05; done' EXIT

until "$bin/pg_isready" -q -h "$folder"; do
  kill -0 "$server" 2>/dev/null || { cat postgres.log >&2; fail "PostgreSQL ended."; }
  sleep 0.05
done
echo ready

# Until standard input ends, or the server.
while true; do
  status=0
  read -r -t 0.5 _ || status=$?
  [ "$status" -eq 0 ] || [ "$status" -gt 128 ] || exit 0
  kill -0 "$server" 2>/dev/null || fail "PostgreSQL ended; $folder/postgres.log says why."
done
