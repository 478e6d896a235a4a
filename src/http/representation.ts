import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { varyWith } from './vary.ts';

/** Bytes that are served in several codings, each with its strong ETag (RFC 9110 section 8.8.3.3). */
export interface Representation {
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Hex digest that changes when the bytes do. */
  readonly digest: string;
}

const codings = ['br', 'gzip', 'identity'] as const;
type Coding = (typeof codings)[number];

/** Compressed forms, made on first use and kept as long as the representation itself. */
const encoded = new WeakMap<Representation, Map<Coding, Promise<Buffer>>>();

/** Makes a representation of text. */
export function toRepresentation(mediaType: string, text: string): Representation {
  const bytes = Buffer.from(text);
  return { mediaType, bytes, digest: createHash('sha256').update(bytes).digest('hex').slice(0, 32) };
}

/** Answers GET and HEAD with a representation, or 304 when the caller has it (RFC 9110 section 13.1.2). */
export async function sendRepresentation(
  request: FastifyRequest,
  reply: FastifyReply,
  representation: Representation,
): Promise<FastifyReply> {
  const coding = codingFor(request.headers['accept-encoding']);
  const etag = coding === 'identity' ? `"${representation.digest}"` : `"${representation.digest}-${coding}"`;
  reply.header('etag', etag).header('vary', varyWith(reply.getHeader('vary'), 'accept-encoding'));
  // What is for one caller says so before.
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  if (isNamed(request.headers['if-none-match'], etag)) return reply.code(304).send();
  if (coding !== 'identity') reply.header('content-encoding', coding);
  const bytes = await encode(representation, coding);
  return reply.header('content-type', representation.mediaType).send(bytes);
}

function codingFor(acceptEncoding: string | undefined): Coding {
  if (acceptEncoding === undefined) return 'identity';
  const [best] = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encodings([...codings]);
  return codings.find((coding) => coding === best) ?? 'identity';
}

function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

async function encode(representation: Representation, coding: Coding): Promise<Buffer> {
  const forms = encoded.get(representation) ?? new Map<Coding, Promise<Buffer>>();
  encoded.set(representation, forms);
  const known = forms.get(coding);
  if (known !== undefined) return await known;
  const form = compress(representation.bytes, coding);
  forms.set(coding, form);
  return await form;
}

async function compress(bytes: Buffer, coding: Coding): Promise<Buffer> {
  switch (coding) {
    case 'br':
      return await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    case 'gzip':
      return await promisify(gzip)(bytes);
    case 'identity':
      return bytes;
  }
}
