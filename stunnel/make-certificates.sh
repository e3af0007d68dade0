#!/usr/bin/env bash
# Makes the certificates with which a hub and the hosts it watches know each other. See docs/stunnel.md.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: make-certificates.sh [--out DIR] [--days N] [--renew] hub NAME|ADDRESS…
       make-certificates.sh [--out DIR] [--days N] [--renew] host NAME…

  hub    one certificate for the hub, good for every name and address given
  host   one certificate for each monitored host given

The first call also makes the authority that signs them. It lasts ten years and is never replaced: a new one means
new certificates everywhere, so for that move its folder away yourself.

  DIR/ca/           cert.pem and key.pem of the authority: keep the key away from hub and hosts
  DIR/hub/          ca.pem, cert.pem, key.pem: to /etc/weir/tls of the hub
  DIR/hosts/NAME/   ca.pem, cert.pem, key.pem: to /etc/weir/tls of that host

  --out DIR   where to write; stunnel/certificates beside this script unless given
  --days N    how long a certificate lasts; 730 unless given
  --renew     replace the certificate and key where there already are some
USAGE
}

refuse() {
  echo "make-certificates.sh: $*" >&2
  exit 1
}

out=$(dirname "$0")/certificates
days=730
renew=
while [[ ${1-} == -* ]]; do
  case $1 in
    --out) out=${2:?--out needs a directory}; shift 2 ;;
    --days) days=${2:?--days needs a number}; shift 2 ;;
    --renew) renew=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
kind=${1-}
if [[ $kind != hub && $kind != host || $# -lt 2 ]]; then
  usage >&2
  exit 2
fi
shift
[[ $days =~ ^[1-9][0-9]{0,3}$ ]] || refuse "--days $days: not a number of days from 1 to 9999"
command -v openssl > /dev/null || refuse 'openssl is missing: apt-get install openssl'
for name in "$@"; do
  # Names become file names and part of OpenSSL's configuration.
  [[ $name =~ ^[A-Za-z0-9:][A-Za-z0-9.:_-]*$ ]] || refuse "'$name' is not a host name or address"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# put FOLDER: the new pair in place, the key for its owner alone.
put() {
  mkdir -p "$1"
  install -m 600 "$work/key.pem" "$1/key.pem"
  install -m 644 "$work/cert.pem" "$1/cert.pem"
}

make_authority() {
  local ca=$out/ca
  if [[ -e $ca/key.pem && -e $ca/cert.pem ]]; then return; fi
  [[ ! -e $ca/cert.pem ]] || refuse "$ca/key.pem is missing: bring it here for as long as certificates are made"
  [[ ! -e $ca/key.pem ]] || refuse "$ca/cert.pem is missing beside its key"
  new_key "$work/key.pem"
  openssl req -x509 -new -key "$work/key.pem" -sha256 -days 3650 -subj "/CN=Weir authority of $(date +%F)" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -out "$work/cert.pem"
  put "$ca"
  echo "made the authority $ca; keep $ca/key.pem safe"
}

# make FOLDER USE NAME…: a certificate for these names, good for serverAuth or clientAuth.
make() {
  local folder=$1 use=$2 name names=()
  shift 2
  if [[ -e $folder/cert.pem && -z $renew ]]; then refuse "$folder/cert.pem is already there: --renew replaces it"; fi
  for name in "$@"; do
    if [[ $name == *:* || $name =~ ^[0-9.]+$ ]]; then names+=("IP:$name"); else names+=("DNS:$name"); fi
  done
  new_key "$work/key.pem"
  openssl req -new -key "$work/key.pem" -subj "/CN=$1" -out "$work/request.pem"
  cat > "$work/extensions" <<EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $use
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $(IFS=,; echo "${names[*]}")
EXTENSIONS
  openssl x509 -req -in "$work/request.pem" -CA "$out/ca/cert.pem" -CAkey "$out/ca/key.pem" -sha256 -days "$days" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/extensions" -out "$work/cert.pem" 2> "$work/log" ||
    refuse "$1: $(cat "$work/log")"
  put "$folder"
  install -m 644 "$out/ca/cert.pem" "$folder/ca.pem"
  echo "made $folder for $*, until $(openssl x509 -in "$folder/cert.pem" -noout -enddate | cut -d= -f2)"
}

make_authority
if [[ $kind == hub ]]; then
  make "$out/hub" serverAuth "$@"
else
  for name in "$@"; do make "$out/hosts/$name" clientAuth "$name"; done
fi
