import { describe, expect, test } from 'vitest';
import { createPeerList, findPeerFault } from '../../../src/identity/peer-list.ts';

describe('a list of peers', () => {
  test.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.0.0/16', '10.1.255.1', true],
    ['10.1.0.0/16', '10.2.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fe80::1', 'fe80::1%eth0', true],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['10.1.2.3', 'nonsense', false],
    ['10.1.2.3', '', false],
  ])('with %s: whether %s is in it is %s (AUTH-13)', (text, address, isIn) => {
    const list = createPeerList(['192.0.2.1', text]);
    // The second answer is a remembered one.
    expect([list.has(address), list.has(address)]).toEqual([isIn, isIn]);
  });

  test('holds no socket that has no address (AUTH-13)', () => {
    expect(createPeerList(['::1']).has(undefined)).toBe(false);
  });

  test('goes on telling addresses apart after more than it remembers', () => {
    const list = createPeerList(['10.0.0.0/16']);
    for (let at = 0; at < 3_000; at += 1) {
      const address = `10.${at % 2}.${at >> 8}.${at & 255}`;
      expect(list.has(address)).toBe(at % 2 === 0);
    }
  });

  test.each([
    '',
    'proxy.example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::1/129',
    'fe80::1%eth0',
    '*',
  ])('is not made of %j', (text) => {
    expect(findPeerFault(text)).toContain('is no address or network');
    expect(() => createPeerList([text])).toThrow('is no address or network');
  });

  test.each(['0.0.0.0/0', '128.0.0.0/1', '::/0', '::ffff:0.0.0.0/96', '2000::/3'])(
    'is not made of %s, nearly everybody',
    (text) => {
      expect(findPeerFault(text)).toContain('half the world');
    },
  );
});
