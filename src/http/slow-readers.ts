import type { Server } from 'node:http';
import { constants, type Http2Session, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { Socket } from 'node:net';
import type { Logger } from '../logger.ts';
import { sendingsOf, sliceBytes, type Carrier } from './send-in-slices.ts';
import { trackStreams } from './tls/http2.ts';

/** Who is cut off, and when. */
export interface SlowReaderOptions {
  /** For a reader that takes nothing of its answer. */
  readonly limitMs: number;
  /** While more waits for all readers together, those that pause are cut off sooner. @default 1 GiB */
  readonly maxUnsentBytes?: number;
  readonly logger: Logger;
}

/** What the readers of a server's answers make it hold. */
export interface SlowReaders {
  /** Waiting to be taken, when it was looked at last. */
  readonly unsentBytes: number;
  /** Readers that were cut off. */
  readonly cutOff: number;
}

interface Watched {
  readonly carrier: Carrier;
  /** Bytes handed over, and waiting: the same again means that nothing was taken. */
  handed: number;
  waiting: number;
  unsentBytes: number;
  /** How often in a row it was found as before. */
  stalls: number;
}

const maxUnsentByDefault = 2 ** 30;
const looksPerLimit = 6;

/**
 * Cuts off readers that take nothing of their answers for too long; call it before the server listens.
 *
 * Connections are looked at from time to time, so that answers which are read cost nothing. An answer counts as read
 * when a slice of it is gone; one that was handed over whole, as pages are, is not judged while it is long.
 */
export function watchSlowReaders(server: Server, options: SlowReaderOptions): SlowReaders {
  const { limitMs, maxUnsentBytes = maxUnsentByDefault, logger } = options;
  const sockets = new Set<Socket>();
  const sessions = new Map<ServerHttp2Session, ReadonlySet<ServerHttp2Stream>>();
  let watched = new Map<Carrier, Watched>();
  const readers = { unsentBytes: 0, cutOff: 0 };

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', track);
  // Over TLS, answers wait in a socket of their own above that of TCP.
  server.on('secureConnection', track);
  server.on('session', (session: ServerHttp2Session) => {
    sessions.set(session, trackStreams(session));
    session.once('close', () => sessions.delete(session));
  });
  const everyMs = Math.min(5_000, Math.max(20, limitMs / looksPerLimit));
  const timer = setInterval(look, everyMs).unref();
  server.once('close', () => clearInterval(timer));
  return readers;

  function look(): void {
    const before = watched;
    watched = new Map();
    for (const socket of sockets) watch(socket, before);
    for (const streams of sessions.values()) for (const stream of streams) watch(stream, before);
    const all = [...watched.values()];
    readers.unsentBytes = all.reduce((sum, { unsentBytes }) => sum + unsentBytes, 0);
    for (const each of all) if (each.stalls * everyMs >= limitMs) cutOff(each);
    if (readers.unsentBytes <= maxUnsentBytes) return;
    for (const each of all.toSorted((a, b) => b.stalls - a.stalls)) {
      if (each.stalls > 0 && readers.unsentBytes > maxUnsentBytes) cutOff(each);
    }
  }

  function watch(carrier: Carrier, before: ReadonlyMap<Carrier, Watched>): void {
    const waiting = carrier.writableLength;
    let handed = carrier instanceof Socket ? carrier.bytesWritten : 0;
    let restBytes = 0;
    let isSliced = false;
    for (const sending of sendingsOf(carrier)) {
      isSliced = true;
      handed += sending.sentBytes;
      restBytes += sending.restBytes;
    }
    if (waiting + restBytes === 0) return;
    const last = before.get(carrier);
    const isSame = waiting > 0 && last?.handed === handed && last.waiting === waiting;
    const isJudged = isSliced || waiting <= 4 * sliceBytes;
    const stalls = isSame && isJudged ? last.stalls + 1 : 0;
    watched.set(carrier, { carrier, handed, waiting, unsentBytes: waiting + restBytes, stalls });
  }

  function cutOff({ carrier, unsentBytes, stalls }: Watched): void {
    const [sending] = sendingsOf(carrier);
    const peer = carrier instanceof Socket ? carrier.remoteAddress : carrier.session?.socket.remoteAddress;
    logger.warn(
      { code: 'slow_reader', requestId: sending?.requestId, peer, unsentBytes, ms: stalls * everyMs },
      'a caller took nothing of its answer for too long; it is cut off',
    );
    watched.delete(carrier);
    readers.cutOff += 1;
    readers.unsentBytes -= unsentBytes;
    if (carrier instanceof Socket) {
      carrier.destroy();
      return;
    }
    const { session } = carrier;
    carrier.close(constants.NGHTTP2_CANCEL);
    // A session without streams to send has nothing to watch; only an answer tells whether its caller reads at all.
    if (session !== undefined) expectPong(session);
  }

  /** Ends a connection whose other side does not answer within the limit (RFC 9113 section 6.7). */
  function expectPong(session: Http2Session): void {
    const { remoteAddress, remotePort } = session.socket;
    const late = setTimeout(() => {
      session.destroy();
      // Node would let the session send first what nobody takes.
      for (const socket of sockets)
        if (socket.remotePort === remotePort && socket.remoteAddress === remoteAddress) socket.destroy();
    }, limitMs).unref();
    session.ping(() => clearTimeout(late));
  }
}
