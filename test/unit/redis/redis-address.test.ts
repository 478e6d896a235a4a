import { expect, test } from 'vitest';
import { parseRedisUrl } from '../../../src/redis/redis-address.ts';

test.each([
  ['redis://r', { host: 'r', port: 6379, isTls: false, db: 0 }],
  ['rediss://r:7000/', { host: 'r', port: 7000, isTls: true, db: 0 }],
  ['redis://[::1]:1/12', { host: '::1', port: 1, isTls: false, db: 12 }],
  [
    'redis://ann:p%40ss@r/1',
    { host: 'r', port: 6379, isTls: false, username: 'ann', password: 'p@ss', db: 1 },
  ],
])('%s is taken apart (REDIS-01)', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address);
});

test.each([
  '',
  'r',
  'http://r',
  'redis://',
  'redis:///1',
  'redis://r/one',
  'redis://r/1/2',
  'redis://r?db=1',
])('%j is refused, and not repeated (REDIS-01)', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(/^the URL of Redis .*; write one as in/);
});
