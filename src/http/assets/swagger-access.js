import { offerToForget, storeKey, toHeaderText } from './access.js';

/** The schemes that take the key that opens the pages. */
export function bearerSchemes({ components }) {
  return Object.entries(components?.securitySchemes ?? {})
    .filter(([, { type, scheme }]) => type === 'http' && scheme?.toLowerCase() === 'bearer')
    .map(([name]) => name);
}

/** Swagger UI would fetch what an issuer says of itself, and offer to sign in as a client that is none of the issuer's. */
export function withoutSigningIn({ components, security, paths }) {
  const schemes = components?.securitySchemes ?? {};
  const names = Object.keys(schemes).filter((name) => schemes[name].type === 'openIdConnect');
  for (const name of names) delete schemes[name];
  const operations = Object.values(paths ?? {}).flatMap((path) => Object.values(path));
  for (const asking of [security, ...operations.map((operation) => operation.security)]) {
    // Each way in of ours asks for one of them.
    const kept = asking?.filter((way) => !names.some((name) => name in way));
    if (kept !== undefined) asking.splice(0, asking.length, ...kept);
  }
}

/** A key given to Swagger UI is the one of this tab's other pages too. */
export function keyOfThisTab() {
  return { statePlugins: { auth: { wrapActions: { authorize, logout } } } };
}

/** Swagger UI puts characters into the header, which holds bytes. */
export function withReadableKey(request) {
  for (const name of Object.keys(request.headers ?? {})) {
    const value = request.headers[name];
    // eslint-disable-next-line no-control-regex
    if (name.toLowerCase() === 'authorization' && /[^\0-\x7f]/.test(value))
      request.headers[name] = toHeaderText(value);
  }
  return request;
}

function authorize(original) {
  return (given) => {
    for (const { schema, value } of Object.values(given)) {
      const scheme = schema?.get('scheme')?.toLowerCase();
      if (scheme === 'bearer' && typeof value === 'string' && value !== '') storeKey(value);
    }
    offerToForget();
    return original(Object.fromEntries(Object.entries(given).map(([name, one]) => [name, inBytes(one)])));
  };
}

/** What becomes Base64 has to be bytes before, of UTF-8 as the gateway asks for (RFC 7617 section 2.1). */
function inBytes(one) {
  const { username, password } = one.value ?? {};
  if (typeof username !== 'string' || typeof password !== 'string') return one;
  return { ...one, value: { username: toHeaderText(username), password: toHeaderText(password) } };
}

function logout(original) {
  return (names) => {
    storeKey(undefined);
    document.querySelector('#forget')?.remove();
    return original(names);
  };
}
