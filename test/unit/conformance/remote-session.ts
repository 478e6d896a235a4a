import type { Ending, Target, VerifyEvent } from '../../../conformance/index.ts';
import { initialize } from '../../../conformance/target/initialize.ts';
import { Session, type Reply } from '../../../conformance/target/session.ts';
import type { WireEvent } from '../../../conformance/target/wire-event.ts';

/** A session with all that was seen of it. */
export interface WatchedSession {
  readonly session: Session;
  readonly events: readonly WireEvent[];
  /** Texts that came, faulty ones included. */
  readonly texts: () => readonly string[];
  readonly ending: () => Ending | undefined;
  readonly call: (tool: string, args?: Readonly<Record<string, string | number | object>>) => Promise<Reply>;
}

export function openSession(target: Target, requestTimeoutMs = 20_000): WatchedSession {
  const events: WireEvent[] = [];
  const session = new Session(target, { requestTimeoutMs, watchers: [(event) => events.push(event)] });
  return {
    session,
    events,
    texts: () => events.flatMap((event) => (event.kind === 'received' ? [event.line.text] : [])),
    ending: () => events.flatMap((event) => (event.kind === 'ended' ? [event.ending] : []))[0],
    call: (name, args = {}) =>
      // The arguments of these tools are JSON.
      session.request('tools/call', { name, arguments: args as Record<string, string> }),
  };
}

/** The same, initialized. */
export async function openReady(target: Target): Promise<WatchedSession> {
  const opened = openSession(target);
  const handshake = await initialize(opened.session, '2025-06-18');
  if (handshake.kind === 'refused') throw new Error(handshake.reason);
  return opened;
}

/** Why the session is not initialized. */
export async function refusalOf(target: Target): Promise<string> {
  const { session } = openSession(target);
  const handshake = await initialize(session, '2025-06-18');
  await session.close();
  return handshake.kind === 'refused' ? handshake.reason : 'it is initialized';
}

export async function collect(events: AsyncIterable<VerifyEvent>): Promise<readonly VerifyEvent[]> {
  const all: VerifyEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
