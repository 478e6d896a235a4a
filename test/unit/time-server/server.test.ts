import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { type TimeServerOptions, createTimeServer } from '../../../src/time-server/server.ts';
import { serveTimeOnStdio } from '../../../src/time-server/stdio.ts';

const now = (): number => Date.parse('2026-07-01T10:00:00.999Z');
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function connect(options: TimeServerOptions = { now }): Promise<Client> {
  const client = new Client({ name: 'test', version: '0' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await createTimeServer(options).connect(serverSide);
  await client.connect(clientSide);
  // The client checks results against the output schemas it has been shown.
  await client.listTools();
  clients.push(client);
  return client;
}

describe('get_current_time', () => {
  test('answers with the structured result, and the same as text', async () => {
    const client = await connect();
    const result = await client.callTool({
      name: 'get_current_time',
      arguments: { timezone: 'Europe/Paris' },
    });
    const expected = {
      timezone: 'Europe/Paris',
      datetime: '2026-07-01T12:00:00+02:00',
      day_of_week: 'Wednesday',
      is_dst: true,
    };
    expect(result.structuredContent).toEqual(expected);
    expect(result['content']).toEqual([{ type: 'text', text: JSON.stringify(expected, undefined, 2) }]);
  });

  test('takes localtime for the local zone, and answers with its name', async () => {
    const client = await connect({ now, localTimezone: 'Asia/Kathmandu' });
    const result = await client.callTool({ name: 'get_current_time', arguments: { timezone: 'localtime' } });
    expect(result.structuredContent).toMatchObject({
      timezone: 'Asia/Kathmandu',
      datetime: '2026-07-01T15:45:00+05:45',
    });
  });

  test.each([
    [{ timezone: 'europe/paris' }, "The nearest known timezone is 'Europe/Paris'"],
    [{ timezone: 'Europe/Pari' }, "No time zone found with key 'Europe/Pari'"],
    [{ timezone: 'z'.repeat(2_000_000) }, `key '${'z'.repeat(64)}'. Write an IANA name`],
    [{ timezone: '__proto__' }, 'Invalid timezone'],
    [{ timezone: '' }, 'Missing required argument: timezone'],
    [{}, 'Missing required argument: timezone'],
    [undefined, 'Missing required argument: timezone'],
    [{ timezone: 5 }, 'Invalid argument: timezone is not a string'],
  ])('refuses bad arguments as a tool error (%#)', async (args, message) => {
    const client = await connect();
    const result = await client.callTool({
      name: 'get_current_time',
      ...(args === undefined ? {} : { arguments: args }),
    });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result['content'])).toContain(message);
  });
});

describe('convert_time', () => {
  test('ignores further arguments and takes hours without a leading zero', async () => {
    const client = await connect();
    const result = await client.callTool({
      name: 'convert_time',
      arguments: { source_timezone: 'Asia/Tokyo', time: '9:05', target_timezone: 'Asia/Kathmandu', extra: 1 },
    });
    expect(result.structuredContent).toEqual({
      source: {
        timezone: 'Asia/Tokyo',
        datetime: '2026-07-01T09:05:00+09:00',
        day_of_week: 'Wednesday',
        is_dst: false,
      },
      target: {
        timezone: 'Asia/Kathmandu',
        datetime: '2026-07-01T05:50:00+05:45',
        day_of_week: 'Wednesday',
        is_dst: false,
      },
      time_difference: '-3.25h',
    });
  });

  test.each(['24:00', '12:60', '12', '12:00:00', ' 9:00', '09:00 ', '9:00 PM', '-1:00', '12:00\n', '١٢:٠٠'])(
    'refuses the time %j',
    async (time) => {
      const client = await connect();
      const result = await client.callTool({
        name: 'convert_time',
        arguments: { source_timezone: 'UTC', time, target_timezone: 'UTC' },
      });
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result['content'])).toContain('Expected HH:MM [24-hour format]');
    },
  );
});

test('an unknown tool is a protocol error', async () => {
  const client = await connect();
  await expect(client.callTool({ name: 'nope' })).rejects.toMatchObject({ code: -32602 });
});

describe('the tools as listed', () => {
  test('are the same in every system zone, and point to localtime', async () => {
    const before = process.env['TZ'];
    try {
      const listings = [];
      for (const zone of ['Europe/Paris', 'Asia/Tokyo']) {
        process.env['TZ'] = zone;
        const client = await connect();
        listings.push(JSON.stringify(await client.listTools()));
        const result = await client.callTool({
          name: 'get_current_time',
          arguments: { timezone: 'localtime' },
        });
        expect(result.structuredContent).toMatchObject({ timezone: zone });
      }
      expect(listings[0]).toBe(listings[1]);
      expect(listings[0]).toContain(
        "Use 'localtime' for the server's local timezone if no timezone provided",
      );
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  test('name the local zone that was asked for', async () => {
    const client = await connect({ now, localTimezone: 'Europe/Paris' });
    expect(JSON.stringify(await client.listTools())).toContain("Use 'Europe/Paris' as local timezone");
  });

  test('need a zone that exists', () => {
    expect(() => createTimeServer({ localTimezone: 'europe/paris' })).toThrow(UsageError);
    expect(() => createTimeServer({ localTimezone: '' })).toThrow(UsageError);
  });
});

describe('on stdio', () => {
  const list = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })}\n`;

  test('what arrives right before the end is answered', async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.end(list);
    await serveTimeOnStdio({
      stdin,
      stdout,
      signal: new AbortController().signal,
      onProtocolError: () => undefined,
    });
    stdout.end();
    expect(JSON.parse(await text(stdout))).toMatchObject({ id: 1, result: { tools: [{}, {}] } });
  });

  test('a line that is no message is reported, and answered with nothing', async () => {
    const [stdin, stdout, errors] = [new PassThrough(), new PassThrough(), [] as Error[]];
    stdin.end(`no JSON\n${list}`);
    await serveTimeOnStdio({
      stdin,
      stdout,
      signal: new AbortController().signal,
      onProtocolError: (error) => errors.push(error),
    });
    stdout.end();
    expect(errors).toHaveLength(1);
    expect((await text(stdout)).trim().split('\n')).toHaveLength(1);
  });

  test.each(['the signal', 'the reader'])('%s ends it', async (cause) => {
    const [stdin, stdout, stop] = [new PassThrough(), new PassThrough(), new AbortController()];
    const served = serveTimeOnStdio({ stdin, stdout, signal: stop.signal, onProtocolError: () => undefined });
    if (cause === 'the signal') stop.abort();
    else stdout.destroy(new Error('EPIPE'));
    await expect(served).resolves.toBeUndefined();
  });
});
