import type { PendingReply, Reply } from '../target/session.ts';
import type { WireLine } from '../target/wire-event.ts';

/** The line that asked, and the one that answered, if any did. */
export function toLines({ request }: PendingReply, reply: Reply): readonly WireLine[] {
  const sent: WireLine = { direction: 'sent', text: request.text, atMs: request.sentAtMs };
  return reply.kind === 'result' || reply.kind === 'error' ? [sent, reply.line] : [sent];
}

/** The code of an error reply; undefined for any other, and where it is no number. */
export function codeOf(reply: Reply): number | undefined {
  if (reply.kind !== 'error') return undefined;
  const { error } = reply;
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** True when there is an answer, of whatever kind. */
export function isAnswered(reply: Reply): reply is Extract<Reply, { kind: 'result' | 'error' }> {
  return reply.kind === 'result' || reply.kind === 'error';
}

const QUOTED_CHARACTERS = 300;

/** A text as part of a finding. */
export function quote(text: string): string {
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
}

/** The member of the arguments that a call is about, when it says so. */
export function placeOf({ what }: { readonly what: string }): { readonly place?: string } {
  const place = /^\/\S*/.exec(what)?.[0];
  return place === undefined ? {} : { place };
}
