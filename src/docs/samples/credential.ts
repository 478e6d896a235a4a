import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { followReference } from './follow-reference.ts';

/** How one secret is sent. Samples read it from an environment variable of this name; its value is in no sample. */
export type Credential =
  | { readonly kind: 'header'; readonly name: string; readonly prefix: string; readonly variable: Variable }
  | { readonly kind: 'basic'; readonly variable: Variable }
  | { readonly kind: 'query'; readonly name: string; readonly variable: Variable };

/** An API key, or a token of an identity provider. */
type Variable = 'MCPO_API_KEY' | 'MCPO_TOKEN';

/**
 * What an operation wants to be sent (OpenAPI 3.1 section 4.8.30): of alternatives the one that is the least work, none
 * where it may be called without.
 */
export function toCredentials(document: JsonObject, operation: JsonObject): readonly Credential[] {
  const security = operation['security'] ?? document['security'];
  const requirements = Array.isArray(security) ? security.filter(isJsonObject) : [];
  const offers = requirements.flatMap((requirement) => toOffer(document, requirement) ?? []);
  return offers.toSorted((a, b) => a.effort - b.effort)[0]?.credentials ?? [];
}

interface Offer {
  readonly credentials: readonly Credential[];
  readonly effort: number;
}

/** Undefined where a scheme is unknown, or has a name that no sample could safely quote. */
function toOffer(document: JsonObject, requirement: JsonObject): Offer | undefined {
  const schemes = Object.keys(requirement).map((name) => toCredential(schemeOf(document, name)));
  const credentials = schemes.filter((credential) => credential !== undefined);
  if (credentials.length < schemes.length) return undefined;
  return { credentials, effort: credentials.reduce((sum, credential) => sum + effortOf(credential), 0) };
}

function schemeOf(document: JsonObject, name: string): JsonObject {
  const { components } = document;
  const schemes = isJsonObject(components) ? components['securitySchemes'] : undefined;
  const found = isJsonObject(schemes) && Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  return followReference(document, found);
}

function toCredential(scheme: JsonObject): Credential | undefined {
  const { type, name, in: place } = scheme;
  if (type === 'http') return toHttpCredential(scheme);
  if (type === 'oauth2' || type === 'openIdConnect') return bearer('MCPO_TOKEN');
  if (type !== 'apiKey' || !isPlainName(name)) return undefined;
  const variable = 'MCPO_API_KEY';
  if (place === 'header') return { kind: 'header', name, prefix: '', variable };
  if (place === 'cookie') return { kind: 'header', name: 'Cookie', prefix: `${name}=`, variable };
  return place === 'query' ? { kind: 'query', name, variable } : undefined;
}

/** Names of schemes are compared without case (RFC 9110 section 11.1). */
function toHttpCredential({ scheme, bearerFormat }: JsonObject): Credential | undefined {
  const name = typeof scheme === 'string' ? scheme.toLowerCase() : '';
  if (name === 'basic') return { kind: 'basic', variable: 'MCPO_API_KEY' };
  if (name !== 'bearer') return undefined;
  const isToken = typeof bearerFormat === 'string' && /^jwt$/i.test(bearerFormat);
  return bearer(isToken ? 'MCPO_TOKEN' : 'MCPO_API_KEY');
}

function bearer(variable: Variable): Credential {
  return { kind: 'header', name: 'Authorization', prefix: 'Bearer ', variable };
}

function isPlainName(name: JsonValue | undefined): name is string {
  return typeof name === 'string' && /^[\w.-]{1,100}$/.test(name);
}

function effortOf(credential: Credential): number {
  if (credential.variable === 'MCPO_TOKEN') return 2;
  return credential.kind === 'header' ? 1 : 3;
}
