import type { Contract, Operation } from '../contract/contract.ts';
import type {
  CallTrace,
  CancelSignal,
  ClientIdentity,
  Progress,
  RequestHeaders,
} from '../upstream/upstream.ts';
import type { Preference } from './accept.ts';
import type { Answer } from './answer.ts';
import type { MountedServer } from './mounted-server.ts';

/** One call, validated JSON in hand. */
export interface CallRequest {
  readonly operation: Operation;
  /** The contract that matched the operation: a swap meanwhile does not touch this call. */
  readonly contract: Contract;
  /** Likewise: a server that is replaced meanwhile finishes what it was called for. */
  readonly server: MountedServer;
  readonly arguments: unknown;
  /** The same as JSON text without line breaks: what the tool gets. */
  readonly argumentsJson: string;
  /** The contract has been asked about the arguments. @default false */
  readonly isValidated?: boolean;
  readonly preference: Preference;
  readonly signal?: CancelSignal;
  /** Whose call it is. @default one client for all */
  readonly client?: ClientIdentity | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly requestId: string;
  /** @default it is not traced */
  readonly trace?: CallTrace | undefined;
  /** Of the request; some servers get some of them. */
  readonly headers?: RequestHeaders;
}

/** A settled call: the answer, and how long the server took when it answered. */
export interface CallReport {
  readonly answer: Answer;
  readonly upstreamMs?: number | undefined;
}
