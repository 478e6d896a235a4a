import { expect, test } from 'vitest';
import { logDeath } from '../../../../src/cli/workers/log-death.ts';
import { createRecordingLogger } from '../../../fixtures/recording-logger.ts';

const served = { number: 2, pid: 7, state: 'serving', lastWords: undefined, isKilled: false } as const;
const shot = { code: null, signal: 'SIGKILL' } as const;

test.each([
  [
    'that served ended by itself',
    {},
    { code: 3, signal: null },
    /^a worker ended by itself; it is replaced$/,
  ],
  [
    'that somebody killed may have had too little memory',
    {},
    shot,
    /by itself \(.*memory\?\); it is replaced$/,
  ],
  [
    'that its primary killed did not end by itself',
    { isKilled: true },
    shot,
    /^the worker was killed; it is/,
  ],
  [
    'that was asked to leave has left',
    { state: 'leaving' },
    { code: 0, signal: null },
    /^the worker has left/,
  ],
  [
    'that never served did not say why',
    { state: 'starting' },
    { code: 9, signal: null },
    /did not say why; it/,
  ],
  ['that said why is to be mended', { lastWords: 'x: no\n' }, { code: 2, signal: null }, /the others serve/],
] as const)('a worker %s (WORK-04)', (_name, differs, exit, message) => {
  const logger = createRecordingLogger();
  logDeath({ ...served, ...differs }, exit, logger, 125);
  const fields = { worker: 2, pid: 7, ...exit, waitMs: 125 };
  const reason = 'lastWords' in differs ? { reason: 'x: no' } : {};
  expect(logger.lines).toMatchObject([
    { fields: { ...fields, ...reason }, message: expect.stringMatching(message) as string },
  ]);
});
