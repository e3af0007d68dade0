# The hub. docker-compose.yml shows it in its place: behind stunnel, on loopback only.
FROM node:26-slim AS base
WORKDIR /weir

# Dependencies once, from the lock file; then the page, which needs the development ones.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY server/package.json server/
COPY server/bin/ server/bin/
COPY clients/node/package.json clients/node/
COPY dashboard/package.json dashboard/
RUN npm ci
COPY . .
# What is optional here are the pinned Nodes for machines with an older one; the image's own is new enough.
RUN npm run build --workspace dashboard && npm prune --omit=dev --omit=optional

FROM base AS run
ENV NODE_ENV=production
COPY --from=build /weir/node_modules/ node_modules/
COPY --from=build /weir/protocol/ protocol/
COPY --from=build /weir/clients/ clients/
COPY --from=build /weir/server/ server/
COPY --from=build /weir/dashboard/package.json dashboard/
COPY --from=build /weir/dashboard/dist/ dashboard/dist/
COPY --from=build /weir/config/ config/
COPY --from=build /weir/package.json ./
# Journal, alert book and outbox; the only place that is written to.
RUN install -d -o node -g node /data
USER node
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:5556/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "server/bin/weir.js"]
CMD ["start", "--config", "config/weir.config.ts", "--data", "/data"]
