# Any Debian with Node >= 20.19 and npm; a mirror's copy, or another version.
ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS build
WORKDIR /app
# On their own, so that a change of our code does not fetch the dependencies again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# What only compilers and debuggers read goes; licences stay.
RUN node build.mjs && npm prune --omit=dev \
 && find dist node_modules -name '*.map' -delete -o -name '*.d.ts' -delete -o -name '*.d.[cm]ts' -delete

FROM ${BASE} AS tools
ARG UV_VERSION=0.13.9
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3-pip \
 && pip install --no-cache-dir --no-deps --target /tools "uv==${UV_VERSION}"

FROM ${BASE}
# What servers need beside Node, npx, Python and uvx: "git" for those that come from a repository, say.
ARG PACKAGES=""
# tini: the first process of a container inherits the orphans of all others, and has to reap them. Programs that
# run with their owner's rights, whoever runs them, lose that: nothing here needs it.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 tini ${PACKAGES} \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
 && groupadd --gid 10001 mcpo \
 && useradd --uid 10001 --gid mcpo --no-log-init --no-create-home --home-dir /cache --shell /usr/sbin/nologin mcpo \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && install -d -o mcpo -g root -m 0775 /cache \
 && for name in docs serve time-server; do ln -s "/app/dist/src/cli/$name.js" "/usr/local/bin/mcpo-$name"; done \
 && ln -s /app/dist/conformance/cli.js /usr/local/bin/mcpo-verify \
 && ln -s /app/dist/bench/cli.js /usr/local/bin/mcpo-bench
COPY --from=tools /tools/bin/uv /tools/bin/uvx /usr/local/bin/
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/spec ./spec
COPY --from=build /app/dist ./dist
COPY deploy/container/healthcheck.mjs ./

ARG VERSION=""
LABEL org.opencontainers.image.title="mcpo-toolkit" \
      org.opencontainers.image.description="Serves the tools of MCP servers as documented, validated REST endpoints" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"

# In a container the address is that of the container; publish the port where you want it. The port is 8000, or what
# MCPO_PORT or PORT says. Everything that npx and uvx fetch is kept below HOME.
ENV MCPO_HOST=0.0.0.0 HOME=/cache
VOLUME /cache
EXPOSE 8000
# As a number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /cache
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "/app/healthcheck.mjs"]
# -s: orphans come to it also where it is not the first process, as in a pod that shares its processes.
ENTRYPOINT ["tini", "-s", "--", "mcpo-serve"]
