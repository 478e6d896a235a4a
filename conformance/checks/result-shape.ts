import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { FindingDraft } from '../findings/finding.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

/** What is wrong with a block; where its members have other types than MCP gives them, `wire/message-schema` tells. */
type Fault = Pick<FindingDraft, 'variant' | 'title' | 'expected' | 'seen'>;

export const resultShape: CallCheck = {
  kind: 'call',
  id: 'positive/result-shape',
  title: 'Content blocks hold what they say',
  group: 'positive',
  severity: 'error',
  requirement: 'content-is-readable',
  intents: ['valid', 'hostile', 'invalid'],
  unexercised: 'no call was made',
  judge: ({ reply }) => {
    if (reply.kind !== 'result' || !isJsonObject(reply.result)) return [];
    const { content } = reply.result;
    if (!Array.isArray(content)) return [];
    const faults = (content as readonly JsonValue[]).filter(isJsonObject).flatMap(judgeBlock);
    return [...new Map(faults.map((fault) => [fault.variant, fault])).values()];
  },
};

function judgeBlock(block: JsonObject): readonly Fault[] {
  const { type } = block;
  if (type === 'image' || type === 'audio') {
    return [
      ...judgeBase64(type, 'data', block['data']),
      ...judgeMimeType(type, block['mimeType'], `${type}/`),
    ];
  }
  if (type === 'resource_link') {
    return [...judgeUri(type, block['uri']), ...judgeMimeType(type, block['mimeType'])];
  }
  const { resource } = block;
  return type === 'resource' && isJsonObject(resource) ? judgeResource(resource) : [];
}

function judgeResource(resource: JsonObject): readonly Fault[] {
  const { uri, mimeType, blob, text } = resource;
  const both: Fault = {
    variant: 'resource text and blob',
    title: 'An embedded resource has both a text and a blob',
    expected: 'one of them',
    seen: quote(JSON.stringify(resource)),
  };
  return [
    ...judgeUri('resource', uri),
    ...judgeMimeType('resource', mimeType),
    ...judgeBase64('resource', 'blob', blob),
    ...(blob !== undefined && text !== undefined ? [both] : []),
  ];
}

/** RFC 4648, sections 3.2, 3.3 and 4: padded, and nothing in between; lenient decoders hide it. */
function judgeBase64(type: string, member: string, value: JsonValue | undefined): readonly Fault[] {
  if (typeof value !== 'string' || isBase64(value)) return [];
  return [
    {
      variant: `${type} ${member}`,
      title: `The ${member} of a block of type ${type} is not base64`,
      expected: 'base64 as in RFC 4648, section 4: its own alphabet, padded with "=", no line breaks',
      seen: quote(value),
    },
  ];
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** RFC 6838, section 4.2, and parameters after it. */
const mimeTypes = /^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*(?:\s*;.*)?$/;

function judgeMimeType(type: string, value: JsonValue | undefined, prefix = ''): readonly Fault[] {
  if (typeof value !== 'string') return [];
  const isRight = mimeTypes.test(value) && value.toLowerCase().startsWith(prefix);
  if (isRight) return [];
  return [
    {
      variant: `${type} mimeType`,
      title: `The mimeType of a block of type ${type} is none`,
      expected: `a media type such as ${prefix === '' ? 'text/' : prefix}${prefix === 'audio/' ? 'wav' : prefix === '' ? 'plain' : 'png'}`,
      seen: JSON.stringify(value),
    },
  ];
}

/** RFC 3986, section 3: a scheme, then anything but white space. */
function judgeUri(type: string, value: JsonValue | undefined): readonly Fault[] {
  if (typeof value !== 'string' || /^[A-Za-z][\w+.-]*:\S+$/.test(value)) return [];
  return [
    {
      variant: `${type} uri`,
      title: `The uri of a block of type ${type} is none`,
      expected: 'a scheme, a colon, and the rest',
      seen: quote(value),
    },
  ];
}
