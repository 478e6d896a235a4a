import * as fc from 'fast-check';

const samplesPerFormat = 24;

/** Strings of a format of JSON Schema validation 7.3; undefined for a format that is not known. */
export function sampleFormat(format: string, seed: number): readonly string[] | undefined {
  const make = makers.get(format);
  if (make === undefined) return undefined;
  const plain = plainSamples.get(format);
  return [...(plain === undefined ? [] : [plain]), ...fc.sample(make(), { seed, numRuns: samplesPerFormat })];
}

/** The first that is tried: what people would write. */
const plainSamples: ReadonlyMap<string, string> = new Map([
  ['date-time', '2025-01-31T12:00:00Z'],
  ['date', '2025-01-31'],
  ['time', '12:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['url', 'https://example.com/'],
  ['uuid', '123e4567-e89b-42d3-a456-426614174000'],
  ['json-pointer', '/a/0'],
  ['regex', '^a+$'],
]);

const day = (): fc.Arbitrary<string> =>
  fc
    .date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString());
const email = (): fc.Arbitrary<string> =>
  fc.tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/), fc.domain()).map(([user, at]) => `${user}@${at}`);

/** Made when they are asked for: fast-check builds large tables for those of the web. */
const makers: ReadonlyMap<string, () => fc.Arbitrary<string>> = new Map<string, () => fc.Arbitrary<string>>([
  ['date-time', day],
  ['date', () => day().map((text) => text.slice(0, 10))],
  ['time', () => day().map((text) => text.slice(11))],
  [
    'duration',
    () =>
      fc
        .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom('D', 'W', 'M', 'Y'))
        .map(([count, unit]) => `P${count}${unit}`),
  ],
  ['email', email],
  ['idn-email', email],
  ['hostname', () => fc.domain()],
  ['idn-hostname', () => fc.domain()],
  ['ipv4', () => fc.ipV4()],
  ['ipv6', () => fc.ipV6()],
  ['uri', () => fc.webUrl()],
  ['uri-reference', () => fc.webUrl()],
  ['iri', () => fc.webUrl()],
  ['iri-reference', () => fc.webUrl()],
  ['url', () => fc.webUrl()],
  ['uri-template', () => fc.domain().map((name) => `https://${name}/{id}`)],
  ['uuid', () => fc.uuid()],
  [
    'json-pointer',
    () =>
      fc
        .array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 3 })
        .map((tokens) => tokens.map((token) => `/${token}`).join('')),
  ],
  ['relative-json-pointer', () => fc.nat({ max: 9 }).map(String)],
  ['regex', () => fc.constantFrom('^a+$', '[0-9]{2}', 'x|y')],
  ['byte', () => fc.base64String({ maxLength: 24 })],
]);
