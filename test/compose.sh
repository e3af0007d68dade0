#!/usr/bin/env bash
# Brings docker-compose.yml up as it is, in a copy of this tree and with certificates of its own, and looks at it from
# outside: the hub is healthy, the monitored host's collectd and a Riemann client arrive through both stunnels, strangers
# do not get in, and it all still works after hub and stunnel have restarted. Then takes it down again.
#
#   sudo test/compose.sh
#
# Takes two to three minutes. Needs docker, docker-compose, openssl, curl, and the ports 5554 and 5557. Without
# DOCKER_HOST it starts a dockerd of its own in a new directory, with stand-ins for the base images (real/base-images.sh:
# needs root and debootstrap).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d /tmp/weir-compose-XXXXXX)
tree=$work/weir
dockerd=
export DOCKER=${DOCKER:-/usr/bin/docker}

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

finish() {
  local status=$?
  trap - EXIT INT TERM
  if ((status != 0)) && [[ -e $tree/.env ]]; then (cd "$tree" && docker-compose logs --no-color --tail 50) || true; fi
  if [[ -e $tree/.env ]]; then (cd "$tree" && docker-compose down --volumes --timeout 20 > "$work/down.log" 2>&1) || cat "$work/down.log"; fi
  if [[ -n $dockerd ]]; then
    kill "$dockerd" && wait "$dockerd" || true
  fi
  rm -rf "$work"
  if ((status == 0)); then say 'taken down; all as it should be'; else say "FAILED ($status)"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# until_true SECONDS WHAT COMMAND…: waits until the command succeeds.
until_true() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > "$work/seen" 2>&1; do
    if ((SECONDS >= deadline)); then
      echo "not within the time given: $what" >&2
      cat "$work/seen" >&2
      return 1
    fi
    sleep 1
  done
  say "$what"
}

if [[ -z ${DOCKER_HOST-} ]]; then
  export DOCKER_HOST=unix://$work/docker.sock
  dockerd -H "$DOCKER_HOST" --data-root "$work/docker" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" \
    > "$work/dockerd.log" 2>&1 &
  dockerd=$!
  until_true 60 'dockerd runs' "$DOCKER" info
  "$root/test/real/base-images.sh" "$root/node_modules/.bin/node" node:26-slim > /dev/null
  say 'base images made'
fi

mkdir "$tree"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [[ -e $file ]]; then printf '%s\0' "$file"; fi
done | tar -c --null -T -) | tar -x -C "$tree"
cd "$tree"
stunnel/make-certificates.sh hub hub.example localhost
stunnel/make-certificates.sh host web-1
WEIR_TOKEN=$(openssl rand -hex 32)
echo "WEIR_TOKEN=$WEIR_TOKEN" > .env

docker-compose build > "$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; exit 1; }
say 'images built:'
"$DOCKER" images --format '{{.Repository}} {{.Size}}' --filter reference='weir*' | sed 's/^/        /'
docker-compose up -d > "$work/up.log" 2>&1 || { cat "$work/up.log"; exit 1; }
say 'compose is up'

compose_id() { docker-compose ps -q "$1"; }
healthy() { [[ $("$DOCKER" inspect -f '{{.State.Health.Status}}' "$(compose_id hub)") == healthy ]]; }
https() { curl --silent --show-error --fail --max-time 5 --cacert stunnel/certificates/ca/cert.pem "$@"; }
with_token() { https -H "Authorization: Bearer $WEIR_TOKEN" "https://localhost:5557$1"; }
status_of() { https --no-fail -o /dev/null -w '%{http_code}' "$@" https://localhost:5557/healthz; }

# What a page would show: rows of the index, from the first frame of the hub's websocket, as `host service state metric`.
rows() {
  "$DOCKER" exec "$(compose_id hub)" node -e '
    const socket = new WebSocket("ws://127.0.0.1:5556/live")
    socket.onmessage = ({ data }) => {
      const { type, rows } = JSON.parse(data)
      if (type !== "snapshot") return
      for (const row of rows) console.log(row.host, row.service, row.shown ?? "-", row.metric)
      socket.close()
    }
    socket.onerror = (error) => { console.error(error.message); process.exitCode = 1 }'
}
shows() { rows | tee "$work/rows" | grep -E "$1"; }
# A Riemann client on web-1, which sends to its own loopback.
send() {
  "$DOCKER" run --rm --network "container:$(compose_id web-1)" weir send --host web-1 --service "$1" --state ok --ttl 600
}

until_true 90 'the hub is healthy' healthy
until_true 30 '/healthz answers through stunnel, with the token' with_token /healthz
echo "        $(with_token /healthz)"
until_true 30 'the hub samples itself' shows '^hub uptime/uptime'
until_true 60 "web-1's collectd is in the index" shows '^web-1 uptime/uptime'
until_true 30 'and its disk' shows '^web-1 df-srv/percent_bytes-free'
grep '^web-1 ' "$work/rows" | sort | head -n 60 | sed 's/^/        /'
until_true 30 'a Riemann client on web-1 is acknowledged' send deploy
until_true 5 'and its event is in the index' shows '^web-1 deploy ok'

[[ $(status_of) == 401 ]] || { echo 'no token: not refused' >&2; exit 1; }
[[ $(status_of -H 'Authorization: Bearer wrong') == 401 ]] || { echo 'a wrong token: not refused' >&2; exit 1; }
say 'without the token: 401'
if openssl s_client -quiet -connect localhost:5554 < /dev/null > "$work/seen" 2>&1; then cat "$work/seen"; exit 1; fi
grep -q 'alert certificate required' "$work/seen"
say 'without a certificate: refused'
published=$("$DOCKER" ps --format '{{.Ports}}' | grep -oE '[0-9]+->' | sort -u | tr -d '\n')
[[ $published == '5554->5557->' ]] || { echo "published: $published" >&2; exit 1; }
say 'published ports: 5554 and 5557 only'
if "$DOCKER" exec "$(compose_id hub)" touch /weir/x 2> /dev/null; then echo 'the hub can write outside of /data' >&2; exit 1; fi
say "the hub runs as $("$DOCKER" exec "$(compose_id hub)" id -un) and can't write outside of /data"

docker-compose restart --timeout 20 hub stunnel > "$work/restart.log" 2>&1 || { cat "$work/restart.log"; exit 1; }
[[ $(docker-compose logs --no-color hub) == *'everything accepted is in the journal'* ]] || { echo 'the hub was killed' >&2; exit 1; }
until_true 90 'restarted: the hub is healthy again' healthy
until_true 5 'and remembers the event' shows '^web-1 deploy ok'
until_true 30 'a Riemann client on web-1 is acknowledged again' send deploy-2
collectd_events() { with_token /metrics | grep -E '^weir_events_total\{transport="collectd"\} [1-9]'; }
until_true 30 'collectd arrives again' collectd_events
