import { isJsonObject } from '../json/value.ts';
import { type Conversion, convertTime } from './convert-time.ts';
import { localKey } from './local-zone.ts';
import { nearestZone } from './nearest-zone.ts';
import { type TimeResult, toTimeResult } from './time-result.ts';
import { ToolFailure } from './tool-failure.ts';
import { isKnownZone } from './zone-names.ts';
import { type Zone, compileZone } from './zone.ts';

/** One tools/call: arguments as received → structured result. Throws ToolFailure. */
export type ToolCall = (args: unknown) => TimeResult | Conversion;

/** What the calls depend on. */
export interface CallOptions {
  /** What {@link localKey} stands for. */
  readonly localZone: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The tools' implementations, by name. */
export function createCalls(options: CallOptions): ReadonlyMap<string, ToolCall> {
  const findZone = createZoneFinder(options.localZone);
  const nowSeconds = (): number => Math.floor(options.now() / 1000);
  return new Map<string, ToolCall>([
    ['get_current_time', (args) => toTimeResult(findZone(readText(args, 'timezone')), nowSeconds())],
    [
      'convert_time',
      (args) => {
        const source = readText(args, 'source_timezone');
        const time = readText(args, 'time');
        const target = readText(args, 'target_timezone');
        return convertTime(findZone(source), time, findZone(target), nowSeconds());
      },
    ],
  ]);
}

/** Compiles each zone once; there are some 600 of them, which bounds what is kept. */
function createZoneFinder(localZone: string): (name: string) => Zone {
  const compiled = new Map<string, Zone>();
  return (asked) => {
    const name = asked === localKey ? localZone : asked;
    const known = compiled.get(name);
    if (known !== undefined) return known;
    if (!isKnownZone(name)) throw new ToolFailure(describeUnknownZone(name));
    const zone = compileZone(name);
    compiled.set(name, zone);
    return zone;
  };
}

function describeUnknownZone(name: string): string {
  const nearest = nearestZone(name);
  const advice =
    nearest === undefined
      ? "Write an IANA name such as 'Europe/Paris'"
      : `The nearest known timezone is '${nearest}'`;
  // The start is enough to recognize the name; the rest may be megabytes.
  return `Invalid timezone: No time zone found with key '${name.slice(0, 64)}'. ${advice}`;
}

function readText(args: unknown, name: string): string {
  const value = isJsonObject(args) && Object.hasOwn(args, name) ? args[name] : undefined;
  if (value === undefined || value === '') throw new ToolFailure(`Missing required argument: ${name}`);
  if (typeof value !== 'string') throw new ToolFailure(`Invalid argument: ${name} is not a string`);
  return value;
}
