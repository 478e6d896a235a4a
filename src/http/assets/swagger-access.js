import { offerToForget, storeKey, toHeaderText } from './access.js';

/** The schemes that take the key that opens the pages. */
export function bearerSchemes({ components }) {
  return Object.entries(components?.securitySchemes ?? {})
    .filter(([, { type, scheme }]) => type === 'http' && scheme?.toLowerCase() === 'bearer')
    .map(([name]) => name);
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
    if (name.toLowerCase() === 'authorization' && /[^\0-\xff]/.test(value))
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
    return original(given);
  };
}

function logout(original) {
  return (names) => {
    storeKey(undefined);
    document.querySelector('#forget')?.remove();
    return original(names);
  };
}
