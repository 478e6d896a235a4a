import type { CallOutcome, CircuitState, Failures, UpstreamState } from '../upstream.ts';

/** The state of a server whose replicas have these: ready while one is, else the one that is nearest to it. */
export function joinStates(states: readonly UpstreamState[]): UpstreamState {
  let nearest: UpstreamState | undefined;
  for (const state of states) {
    if (state.kind === 'ready') return state;
    if (nearest === undefined || isNearer(state, nearest)) nearest = state;
  }
  return nearest ?? { kind: 'connecting' };
}

/** Those of one of them, while calls get through to none. */
export function joinFailures(
  replicas: readonly { readonly circuit?: CircuitState; readonly failures?: Failures | undefined }[],
): Failures | undefined {
  if (joinCircuits(replicas) === 'closed') return undefined;
  return replicas.find(({ failures }) => failures !== undefined)?.failures;
}

const RETRY_MS = 1000;

/** What a call gets while the server is in the state. @param failures while its circuit is not closed */
export function toRefusal(state: UpstreamState, failures: Failures | undefined): CallOutcome {
  const isRestarting = state.kind === 'restarting';
  return {
    kind: 'not_ready',
    retryAfterMs: isRestarting ? Math.max(RETRY_MS, state.retryInMs) : RETRY_MS,
    reason: isRestarting ? state.reason : `the server is ${state.kind}`,
    ...(failures && { failures }),
  };
}

/** Closed where calls can get through to one of them. */
export function joinCircuits(replicas: readonly { readonly circuit?: CircuitState }[]): CircuitState {
  const circuits = replicas.map(({ circuit = 'closed' }) => circuit);
  if (circuits.length === 0 || circuits.includes('closed')) return 'closed';
  return circuits.includes('half_open') ? 'half_open' : 'open';
}

function isNearer(state: UpstreamState, than: UpstreamState): boolean {
  if (state.kind !== 'restarting') return false;
  return than.kind !== 'restarting' || state.retryInMs < than.retryInMs;
}
