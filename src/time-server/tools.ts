import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { timePattern } from './convert-time.ts';
import { localKey } from './local-zone.ts';
import { daysOfWeek } from './time-result.ts';

/**
 * The tools as listed (MCP 2025-11-25, server/tools).
 *
 * Names, arguments and result shapes are those of the reference server; as there, further arguments are
 * ignored. The reference names its local zone in the descriptions. Here that is done only for a zone that
 * was asked for: the system's would make the same server's contract differ from machine to machine.
 * Without one, the descriptions point to {@link localKey}.
 *
 * @param localZone the zone that was asked for; undefined when the system's is used.
 */
export function timeTools(localZone: string | undefined): readonly Tool[] {
  const zone = (role: string): object => ({
    type: 'string',
    description: describeZone(role, localZone),
    minLength: 1,
    examples: ['America/New_York', 'Europe/London'],
  });
  return [
    {
      name: 'get_current_time',
      title: 'Get the current time',
      description: 'Get current time in a specific timezone',
      inputSchema: {
        type: 'object',
        properties: { timezone: zone('') },
        required: ['timezone'],
      },
      outputSchema: timeResultSchema,
      annotations: readOnly,
    },
    {
      name: 'convert_time',
      title: 'Convert a time',
      description:
        'Convert time between timezones. The time is meant on the current date of the source timezone; ' +
        'one that occurs twice that day, because clocks go back, means the first.',
      inputSchema: {
        type: 'object',
        properties: {
          source_timezone: zone('source'),
          time: {
            type: 'string',
            description: 'Time to convert in 24-hour format (HH:MM)',
            pattern: timePattern,
            examples: ['16:30'],
          },
          target_timezone: zone('target'),
        },
        required: ['source_timezone', 'time', 'target_timezone'],
      },
      outputSchema: conversionSchema,
      annotations: readOnly,
    },
  ];
}

function describeZone(role: string, localZone: string | undefined): string {
  const roleWord = role === '' ? '' : `${role} `;
  const subject = `${roleWord}IANA timezone name`;
  const local = localZone === undefined ? `'${localKey}' for the server's` : `'${localZone}' as`;
  return (
    `${subject.charAt(0).toUpperCase()}${subject.slice(1)} (e.g., 'America/New_York', 'Europe/London'). ` +
    `Use ${local} local timezone if no ${roleWord}timezone provided by the user.`
  );
}

/**
 * Nothing is changed by asking, so asking again changes nothing more: read-only and idempotent, though the
 * answer moves with the clock. The zones are a closed world: no network, nothing outside the machine.
 */
const readOnly: Tool['annotations'] = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

const timeResultSchema = {
  type: 'object' as const,
  properties: {
    timezone: { type: 'string', description: 'IANA timezone name', minLength: 1 },
    datetime: {
      type: 'string',
      description: 'Local date and time with UTC offset, to the second',
      format: 'date-time',
      // No zone has had an offset with seconds since 1972.
      pattern:
        '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' +
        'T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][+-](0[0-9]|1[0-4]):[0-5][0-9]$',
    },
    day_of_week: { type: 'string', enum: [...daysOfWeek] },
    is_dst: {
      type: 'boolean',
      description:
        'Whether daylight saving time is in force, as the tz database sees it: in Europe/Dublin, winter time is the DST',
    },
  },
  required: ['timezone', 'datetime', 'day_of_week', 'is_dst'],
  additionalProperties: false,
};

const conversionSchema = {
  type: 'object' as const,
  properties: {
    source: timeResultSchema,
    target: timeResultSchema,
    time_difference: {
      type: 'string',
      description: 'Target minus source, in hours',
      pattern: '^[+-][0-9]{1,2}[.][0-9]{1,2}h$',
    },
  },
  required: ['source', 'target', 'time_difference'],
  additionalProperties: false,
};
