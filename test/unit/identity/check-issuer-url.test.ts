import { expect, test } from 'vitest';
import { findUnsafeUrl } from '../../../src/identity/check-issuer-url.ts';

const remote = 'https://login.example.com/';
const local = 'http://127.0.0.1:9000/';

test.each([
  ['https://keys.example.com/jwks', remote, /^fine$/],
  ['https://127.0.0.1/jwks', remote, /^fine$/],
  ['http://127.0.0.1:9000/jwks', local, /^fine$/],
  ['http://localhost:9000/jwks', 'http://[::1]:9000/', /^fine$/],
  ['http://127.0.0.1:9000/jwks', remote, /plain HTTP/],
  ['http://[::1]/jwks', remote, /plain HTTP/],
  ['http://localhost.example.com/jwks', local, /plain HTTP/],
  ['http://10.0.0.1/jwks', local, /plain HTTP/],
  ['file:///etc/passwd', local, /no HTTP address/],
  ['https://user:secret@keys.example.com/', remote, /user name or password/],
])('keys at %s, to which %s leads: %s (AUTH-08)', (url, from, fault) => {
  expect(findUnsafeUrl(new URL(url), false, new URL(from)) ?? 'fine').toMatch(fault);
});
