import type { KeyClaim, KeyOutcome } from '../../gateway/idempotency/joint-answers.ts';
import type { Quota } from '../../limits/rate-limit.ts';
import type { ReadyNote } from '../ready-line.ts';

/** What workers ask their primary, and with what. */
export interface AskedOfPrimary {
  /** → {@link Place} */
  readonly introduce: undefined;
  /** May it listen, with this contract? → {@link Admission} */
  readonly admit: string;
  /** It listens, and this is what it says. */
  readonly ready: ReadyNote;
  /** It cannot serve, and ends: what it would write of that, with line breaks. */
  readonly failed: string;
  /** What it has counted, before it ends: prom-client's JSON. */
  readonly counted: unknown;
  /** → the Prometheus text of all */
  readonly metrics: undefined;
  /** → Readiness of all */
  readonly readiness: undefined;
  /** → Standing */
  readonly count: CountedCall;
  /** → ClaimReply */
  readonly claim: KeyClaim;
  readonly settle: { readonly id: number; readonly outcome: KeyOutcome };
}

/** A call to be counted: whose, and by which limit. */
export interface CountedCall {
  readonly key: string;
  readonly quota: Quota;
}

/** What the primary asks a worker. */
export interface AskedOfWorker {
  /** → the digest of its contract */
  readonly look: undefined;
  /** → prom-client's JSON */
  readonly metrics: undefined;
  /** → Readiness of its own */
  readonly readiness: undefined;
  /** Finish what is under way, and end. */
  readonly end: string;
  /** End now. */
  readonly hurry: undefined;
  /** Read the configuration again. */
  readonly reload: undefined;
}

/** Which worker it is, from 1 on: one that takes the place of another has its number. */
export interface Place {
  readonly number: number;
}

/** Whether a worker may listen. */
export type Admission =
  | { readonly kind: 'listen'; readonly port: number }
  /** The others serve another contract: it asks again. */
  | { readonly kind: 'wait' };
