import { NoSuchDocument, type FetchJson, type FetchJsonOptions } from './fetch-json.ts';

/**
 * Asks an issuer where its keys are: OpenID Connect Discovery 1.0 section 4, or else RFC 8414 section 3.
 *
 * @throws Error with a message that can be logged
 */
export async function findJwksUrl(
  issuer: string,
  fetchJson: FetchJson,
  options: FetchJsonOptions,
): Promise<URL> {
  const metadata = await readMetadata(issuer, fetchJson, options);
  const { issuer: named, jwks_uri: jwksUri } = metadata;
  // Section 4.3, and RFC 8414 section 3.3: whoever answers has to be the one that was meant, to the letter.
  if (named !== issuer) {
    const said = typeof named === 'string' ? JSON.stringify(named.slice(0, 200)) : 'nothing';
    throw new Error(`the issuer ${issuer} calls itself ${said}; --jwt-issuer has to say the same`);
  }
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) {
    throw new Error(`the issuer ${issuer} does not say where its keys are (jwks_uri)`);
  }
  return new URL(jwksUri);
}

async function readMetadata(
  issuer: string,
  fetchJson: FetchJson,
  options: FetchJsonOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { oidc, oauth } = wellKnownUrls(issuer);
  let metadata: unknown;
  try {
    metadata = await fetchJson(oidc, options);
  } catch (error) {
    if (!(error instanceof NoSuchDocument)) throw error;
    metadata = await fetchJson(oauth, options);
  }
  if (typeof metadata !== 'object' || metadata === null) {
    throw new Error(`the issuer ${issuer} answers with something else than its metadata`);
  }
  return { ...metadata };
}

function wellKnownUrls(issuer: string): { readonly oidc: URL; readonly oauth: URL } {
  const base = new URL(issuer);
  const path = base.pathname.replace(/\/$/, '');
  return {
    oidc: new URL(`${path}/.well-known/openid-configuration`, base),
    oauth: new URL(`/.well-known/oauth-authorization-server${path}`, base),
  };
}
