import { describe, expect, test } from 'vitest';
import {
  parseAssignment,
  parseBytes,
  parseDuration,
  parseDurationOrOff,
  parseErrorStatus,
  parseFairBy,
  parseMaxInFlight,
  parseMaxQueue,
  parsePort,
  parseSwitch,
} from '../../../src/config/parse-values.ts';
import { UsageError } from '../../../src/errors.ts';

describe('a port', () => {
  test.each([
    ['0', 0],
    ['8000', 8_000],
    ['65535', 65_535],
    ['00080', 80],
  ])('%s is %i', (text, port) => expect(parsePort(text)).toBe(port));

  test.each(['', '-1', '65536', '80.5', '0x50', '1e3', ' 80', 'http', '999999'])('%j is none', (text) => {
    expect(() => parsePort(text)).toThrow(UsageError);
    expect(() => parsePort(text)).toThrow('write a number from 0 to 65535');
  });
});

describe('a size', () => {
  test.each([
    ['1', 1],
    ['4194304', 4_194_304],
    ['512k', 524_288],
    ['512KB', 524_288],
    ['512KiB', 524_288],
    ['4 MiB', 4_194_304],
    ['1.5m', 1_572_864],
    ['2G', 2_147_483_648],
    ['10b', 10],
  ])('%s is %i bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  test.each(['', '0', '0.4', '-1', 'lots', '4 MiB more', '1e9', '9999999999g', 'MiB', '4TiB'])(
    '%j is none',
    (text) => expect(() => parseBytes(text)).toThrow('write bytes, or a unit'),
  );
});

describe('a number of calls', () => {
  test('is at least one in flight, and none or more that wait (FLOW-01)', () => {
    expect([parseMaxInFlight('1'), parseMaxInFlight('1000000')]).toEqual([1, 1_000_000]);
    expect([parseMaxQueue('0'), parseMaxQueue('50')]).toEqual([0, 50]);
  });

  test.each(['0', '', '-1', '1.5', '1e3', '1000001', 'all'])('%j are none in flight (FLOW-01)', (text) =>
    expect(() => parseMaxInFlight(text)).toThrow('write a whole number from 1 to 1000000'),
  );

  test.each(['', '-1', '99999999', 'none'])('%j are none that wait (FLOW-01)', (text) =>
    expect(() => parseMaxQueue(text)).toThrow('write a whole number from 0 to 1000000'),
  );
});

describe('what tells clients apart', () => {
  test('is an address, or a header, whatever its case (FLOW-05)', () => {
    expect(parseFairBy('address')).toEqual({ kind: 'address' });
    expect(parseFairBy('header:X-User-Id')).toEqual({ kind: 'header', name: 'x-user-id' });
  });

  test.each(['', 'ip', 'header', 'header:', 'header:a b', 'Address'])('is not %j (FLOW-05)', (text) =>
    expect(() => parseFairBy(text)).toThrow('write address, header:<name> as in'),
  );
});

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['60', 60_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0.25', 250],
    ['1 S', 1_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', '0', '0.0001s', '-5', '3 days', '1m30s', 'soon', '600h', '1e3', 'NaN', 'Infinity'])(
    '%j is none, or none that a timer can count',
    (text) => expect(() => parseDuration(text)).toThrow('write seconds, or a unit'),
  );
});

describe('a duration that may be off', () => {
  test.each([
    ['10m', 600_000],
    ['0', 0],
    ['0s', 0],
    ['0.0 h', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDurationOrOff(text)).toBe(ms));

  test.each(['', 'off', '-1', '0.0001s', '0 days'])('%j is none', (text) =>
    expect(() => parseDurationOrOff(text)).toThrow('write seconds, or a unit'),
  );
});

describe('an error status', () => {
  test.each(['400', '424', '599'])('%s is one', (text) => expect(parseErrorStatus(text)).toBe(Number(text)));

  test.each(['', '200', '399', '600', '42', '4240', '4.0', 'teapot'])('%j is none', (text) =>
    expect(() => parseErrorStatus(text)).toThrow('write a number from 400 to 599'),
  );
});

describe('a switch', () => {
  test.each([
    ['true', true],
    ['1', true],
    ['YES', true],
    ['on', true],
    ['', false],
    ['False', false],
    ['0', false],
    ['no', false],
    ['off', false],
  ])('%j is %s', (text, isOn) => expect(parseSwitch('MCPO_X', text)).toBe(isOn));

  test('anything else is an error that names the variable', () => {
    expect(() => parseSwitch('MCPO_X', 'maybe')).toThrow("MCPO_X='maybe' is neither on nor off");
  });
});

describe('an assignment', () => {
  test.each([
    ['A=b', 'A', 'b'],
    ['A=', 'A', ''],
    ['A=b=c==', 'A', 'b=c=='],
    ['_a.b-c=1', '_a.b-c', '1'],
    ['A= spaced ', 'A', ' spaced '],
    ['A=two\nlines', 'A', 'two\nlines'],
  ])('%j', (text, key, value) => expect(parseAssignment(text)).toEqual([key, value]));

  test.each(['', 'secret', '=secret', '1A=secret', 'A B=secret', 'Ä=secret', ' A=secret'])(
    '%j is none, and is not repeated',
    (text) => {
      expect(() => parseAssignment(text)).toThrow('write --env KEY=value');
      expect(() => parseAssignment(text)).not.toThrow('secret');
    },
  );
});
