import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerCall, type CallOptions } from './answer-call.ts';
import type { Checks } from './checks.ts';
import { rawPath } from './raw-path.ts';
import { requestIdOf } from './request-id.ts';
import type { RequestRecords } from './request-record.ts';
import type { SeenBy } from './visibility.ts';

/** What the lane needs beside what calls do. */
export interface CallLaneOptions extends CallOptions {
  readonly isPlain: Checks['isPlain'];
  /** See `createUrlRewrite`. */
  readonly rewriteUrl: ((request: IncomingMessage) => string) | undefined;
  readonly records: RequestRecords | undefined;
  /** What callers may know of. */
  readonly seenBy: SeenBy | undefined;
}

/** Answers a request when it is a plain tool call; false leaves it, untouched, to others. */
export type TakeCall = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The short way from Node's request to a call, for those that are as nearly all are: a known path, and nothing that
 * needs a closer look. Whatever else comes takes the way through Fastify, to the same `answerCall`.
 *
 * Fastify's part of a call is 10 to 13 µs, as much as a quarter of all (`bench/targets/scenarios/cpu.mjs`).
 */
export function createCallLane(options: CallLaneOptions): TakeCall {
  const { gateway, isPlain, rewriteUrl, records, seenBy } = options;
  return (request, response) => {
    if (request.method !== 'POST') return false;
    const path = rawPath(rewriteUrl === undefined ? (request.url ?? '/') : rewriteUrl(request));
    const route = gateway.routeCall(path);
    if (route === undefined || !isPlain(request)) return false;
    // What is hidden is answered as what is not there.
    if (seenBy?.(request)?.allows(route.operation) === false) return false;
    const id = requestIdOf(request);
    const headers = { 'x-request-id': id, 'x-content-type-options': 'nosniff' };
    // It never rejects.
    void answerCall({ request, response, id, headers, record: records?.of(request) }, route, options);
    return true;
  };
}
