import type { LandingServer, LandingTool, LandingView } from './landing-view.ts';

/** The same as data. Addresses are relative to where it was asked for (RFC 3986 section 4.2), like those of the page. */
export function toLandingJson(view: LandingView, root: string, base: string): object {
  return {
    title: view.title,
    status: view.status,
    contract: view.contract,
    servers: view.servers.map((server) => toServer(server, root)),
    tools: view.tools.map((tool) => toTool(tool, view, root)),
    links: {
      docs: `${base}docs`,
      redoc: `${base}redoc`,
      openapiJson: `${base}openapi.json`,
      openapiYaml: `${base}openapi.yaml`,
      health: `${root}healthz`,
      readiness: `${root}readyz`,
      ...(view.hasMetrics && { metrics: `${root}metrics` }),
    },
  };
}

function toServer(server: LandingServer, root: string): object {
  const { name, mount, state, isRequired, tools, isKnown, authorizationUrl } = server;
  return {
    name,
    state: state.kind,
    ...(state.kind === 'restarting' && { reason: state.reason }),
    ...(authorizationUrl !== undefined && { authorizationUrl }),
    required: isRequired,
    tools,
    ...(isKnown && { url: `${root}${mount.slice(1)}${mount === '' ? '' : '/'}` }),
  };
}

function toTool({ name, server, path, summary }: LandingTool, view: LandingView, root: string): object {
  return {
    name,
    ...(view.server === '' && server !== '' && { server }),
    method: 'POST',
    url: `${root}${path.slice(1)}`,
    summary,
  };
}
