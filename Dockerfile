FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
# Installs and builds, then leaves what is needed to run.
RUN node build.mjs && npm prune --omit=dev

FROM node:22-bookworm-slim
# npx comes with Node; uvx runs the MCP servers that are written in Python.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git python3-pip tini \
 && pip install --no-cache-dir --break-system-packages uv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/spec ./spec
USER node
# In a container the address is that of the container; publish the port where you want it.
ENV MCPO_HOST=0.0.0.0 MCPO_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MCPO_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "/app/dist/src/cli/serve.js"]
