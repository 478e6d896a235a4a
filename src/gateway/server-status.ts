import type { Contract, UnservedTool } from '../contract/contract.ts';
import type { CircuitState, ReplicaCount, UpstreamState } from '../upstream/upstream.ts';
import type { MountedServer } from './mounted-server.ts';

/** One server as /readyz shows it. */
export interface ServerStatus {
  readonly name: string;
  readonly isRequired: boolean;
  readonly state: UpstreamState;
  readonly tools: number;
  readonly unserved: readonly UnservedTool[];
  readonly inFlight: number;
  /** Of users, where each has one of their own. */
  readonly sessions?: number;
  /** Where one server may run several times. */
  readonly replicas?: ReplicaCount;
  readonly circuit: CircuitState;
  readonly restarts: number;
}

/** @param server its name in the contract */
export function toServerStatus(
  server: string,
  { upstream, isRequired = true }: MountedServer,
  contract: Contract,
): ServerStatus {
  const { name, state, inFlight, sessions, replicas, circuit = 'closed', restarts } = upstream;
  return {
    name,
    isRequired,
    state,
    tools: contract.operations.filter((operation) => operation.server === server).length,
    unserved: contract.unserved.filter((tool) => tool.server === server),
    inFlight,
    ...(sessions !== undefined && { sessions }),
    ...(replicas !== undefined && { replicas }),
    circuit,
    restarts,
  };
}
