import type { PipeliningVerdict } from '../result.ts';

/** What the verdict comes from. */
export interface PipeFacts {
  readonly users: number;
  /** The mean time of a call that is alone. */
  readonly serviceMs: number;
  /** The part of that time in which somebody computed, 0 to 1; null where it cannot be read. */
  readonly busy: number | null;
  /** How many calls' own times went by at once: straight over the pipe, and behind the gateway. */
  readonly direct: number;
  readonly behindGateway: number;
  /** Calls at the pipe behind the gateway at one time: the most, and on average. */
  readonly mostAtPipe: number;
  readonly meanAtPipe: number;
}

/** With fewer calls than this at once, they go one by one: overlapping ends and beginnings count for a little. */
const oneByOne = 1.5;
/** Shorter calls are all processor and pipe. */
const shortMs = 1;
const longMs = 5;
/** A single thread that computes for so long per call keeps others waiting as if it slept. */
const longComputingMs = 20;

/** Who keeps calls from running side by side, if anybody does, in words. */
export function judgePipelining(facts: PipeFacts): PipeliningVerdict {
  const { users, direct, behindGateway, mostAtPipe, serviceMs } = facts;
  const evidence = [
    `${users} users: at most ${mostAtPipe === 1 ? '1 call' : `${mostAtPipe} calls`} at the pipe at one time, ${show(facts.meanAtPipe)} on average`,
  ];
  const say = (kind: PipeliningVerdict['kind'], by: PipeliningVerdict['by'], headline: string) =>
    ({ kind, by, headline, evidence }) as const;
  if (mostAtPipe <= 1) {
    return say('serialised', 'gateway', 'serialised by the gateway: it sends one call at a time');
  }
  if (!isWaiting(facts)) {
    // How many at once, a busy machine decides: only what is at the pipe says something of the parts.
    evidence.push(`a call alone takes ${show(serviceMs)} ms, most of it computing, which takes turns`);
    if (serviceMs >= longComputingMs && direct < oneByOne) {
      return say(
        'partly',
        'server',
        'partly pipelined, limited by the server: it computes one call at a time',
      );
    }
    return say('pipelined', null, 'pipelined: the pipe is kept full');
  }
  evidence.push(
    `a call alone takes ${show(serviceMs)} ms, most of it waiting`,
    `calls at once, by their own times: ${show(direct)} straight over the pipe, ${show(behindGateway)} behind the gateway`,
  );
  if (direct < oneByOne) {
    return say('serialised', 'server', 'serialised by the server: it answers one call at a time');
  }
  if (behindGateway < direct / 2) {
    return behindGateway < oneByOne
      ? say('serialised', 'gateway', 'serialised by the gateway: the server does more at once without it')
      : say(
          'partly',
          'gateway',
          `partly pipelined, limited by the gateway: ${show(behindGateway)} of ${users} at once`,
        );
  }
  if (direct < users / 2) {
    return say(
      'partly',
      'server',
      `partly pipelined, limited by the server: it does ${show(direct)} of ${users} at once`,
    );
  }
  return say('pipelined', null, `pipelined: ${show(behindGateway)} of ${users} calls at once`);
}

/**
 * How much of what is possible runs at once, 0 to 1: of calls that wait, how many go by at once, of as many as there are
 * users. Calls that compute take turns wherever they are: there it is how many of them reach the pipe.
 */
export function toPipelining(facts: PipeFacts): number {
  const { users, behindGateway, mostAtPipe } = facts;
  return Math.min(1, (isWaiting(facts) ? behindGateway : mostAtPipe) / users);
}

function isWaiting({ serviceMs, busy }: PipeFacts): boolean {
  return busy === null ? serviceMs >= longMs : serviceMs >= shortMs && busy < 0.5;
}

function show(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
