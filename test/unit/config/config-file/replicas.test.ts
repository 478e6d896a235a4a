import { afterAll, describe, expect, test } from 'vitest';
import { createConfigFolder } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

describe('replicas of a server (REPL-12)', () => {
  test.each<[unknown, object]>([
    [3, { min: 3, max: 3 }],
    [1, { min: 1, max: 1 }],
    [{ max: 4 }, { min: 1, max: 4 }],
    [
      { min: 2, max: 4 },
      { min: 2, max: 4 },
    ],
  ])('%j are read', (replicas, expected) => {
    expect(folder.serverOf({ command: 'x', replicas })).toMatchObject({ replicas: expected });
  });

  test('are not there unless they are asked for', () => {
    expect(folder.serverOf({ command: 'x' })).not.toHaveProperty('replicas');
  });

  test.each<[object, readonly string[]]>([
    [{ command: 'x', replicas: 0 }, ["'replicas' must be from 1 to 64"]],
    [
      { command: 'x', replicas: { min: 4, max: 2 } },
      ["'replicas' has a 'max' below its 'min'; write one that is not"],
    ],
    [
      { command: 'x', replicas: 2, session: { key: 'credential' } },
      ["'replicas' and 'session' exclude each other: each user has a process anyway; keep one"],
    ],
    [{ url: 'http://x', replicas: 2 }, ["'replicas' belongs to a server with a 'command'"]],
  ])('%j is a mistake that is named', (server, problems) => {
    expect(folder.serverProblemsOf(server)).toStrictEqual(problems);
  });

  test.each<object>([
    { replicas: 1.5 },
    { replicas: '2' },
    { replicas: { min: 2 } },
    { replicas: { max: 2, mx: 3 } },
  ])('%j is a mistake', (more) => expect(folder.serverProblemsOf({ command: 'x', ...more })).toHaveLength(1));
});
