// What scenarios share: the call that most of them make, and how a row is put.
import { apiKey } from '../fronts.mjs';
import { judge } from '../../../dist/bench/statistics.js';

/** 1 KB of text and a number. */
export const echoBody = JSON.stringify({ text: 'x'.repeat(1_000), n: 1 });

/** A call of a tool behind a front, with the key that the gateway asks for. */
export function toCall(url, tool, body = echoBody) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  return { url: `${url}/${tool}`, headers, body };
}

/**
 * A row of the table, judged by an estimate.
 *
 * @param {object} row
 * @param {import('../../../dist/bench/statistics.js').Estimate} row.value what the target is about
 * @param {{atMost: number} | {atLeast: number}} row.limit
 * @param {string} row.title
 * @param {string} row.target
 * @param {string} row.measured
 * @param {readonly string[]} [row.notes]
 * @param {object} row.numbers everything measured, for the file of results
 */
export function toRow({ value, limit, notes = [], ...row }) {
  return { ...row, ...judge(value, limit), notes, numbers: { ...row.numbers, value } };
}

/** An estimate for people: the median, and how far it may be off; three digits of it, or those before the point. */
export function show({ median, low, high }, digits = 2) {
  const places = Math.min(digits, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(high) || 1))));
  return `${median.toFixed(places)} [${low.toFixed(places)}, ${high.toFixed(places)}]`;
}

/**
 * Makes calls until code that gets hot is compiled: how many that takes does not depend on how busy the machine is.
 *
 * @param {{load: object, isQuick: boolean}} context
 * @param {readonly import('../load.mjs').Call[]} calls one of each front
 */
export async function heat({ load, isQuick }, calls) {
  const enough = isQuick ? { calls: 500 } : { calls: 30_000, seconds: 15 };
  for (const call of calls)
    await load.run('users', { groups: [{ name: 'all', users: 32, call }], ...enough });
}

/** Stops everything that was started, whatever happened. */
export async function withAll(starts, use) {
  const running = [];
  try {
    for (const start of starts) running.push(await start());
    return await use(...running);
  } finally {
    await Promise.all(running.map(async ({ stop }) => await stop()));
  }
}
