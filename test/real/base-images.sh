#!/usr/bin/env bash
# Stand-ins for debian:bookworm-slim and node:NN-slim where no image registry can be reached, so that the
# project's ordinary Dockerfile builds and its docker-compose.yml runs in tests.
#   base-images.sh NODE_BINARY TAG      e.g. base-images.sh node_modules/.bin/node node:26-slim
# Needs: apt-get install --no-install-recommends docker.io iptables runc debootstrap; a running dockerd; root.
# The stand-in for Node carries this machine's certificate bundle and npm; both are for tests only and are never shipped.
set -euo pipefail
docker=${DOCKER:-docker}
node=$(readlink -f "$1") tag=$2 work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Node needs libatomic1, which its real image has too.
debootstrap --variant=minbase --include=libatomic1 bookworm "$work/root" > "$work/log" 2>&1 || { tail "$work/log"; exit 1; }
rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/* "$work"/root/usr/share/{doc,man,locale,info}/*
tar -C "$work/root" -c . | "$docker" import --change 'CMD ["bash"]' - debian:bookworm-slim

strip -o "$work/root/usr/local/bin/node" "$node"
mkdir -p "$work/root/usr/local/lib/node_modules" "$work/root/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/"
cp -a "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$work/root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/root/usr/local/bin/npx"
chroot "$work/root" groupadd -g 1000 node
chroot "$work/root" useradd -u 1000 -g node -m -s /bin/bash node
tar -C "$work/root" -c . | "$docker" import --change 'CMD ["node"]' \
  --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - "$tag"
