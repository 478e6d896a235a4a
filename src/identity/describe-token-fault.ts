import { errors } from 'jose';
import { TokenMisused } from './token-use.ts';
import { unreadable } from './verdict.ts';

/**
 * Says why a token is not accepted, to whoever sent it: in words of ours, with nothing of the token, the keys or the settings.
 * What claims say is looked at after the signature, so nobody but the issuer's own callers learns what they lack.
 */
export function describeTokenFault(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired; get a new one.';
  if (error instanceof errors.JWTClaimValidationFailed) return describeClaim(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The token is signed with an algorithm that is not accepted here.';
  if (error instanceof errors.JWKSNoMatchingKey) return unknownKey;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the token is wrong.';
  if (error instanceof errors.JOSENotSupported)
    return 'The token asks for an extension that is not supported.';
  if (error instanceof TokenMisused) return error.says;
  return unreadable;
}

const unknownKey = 'The token is signed with a key that is not known here.';

function describeClaim(claim: string): string {
  switch (claim) {
    case 'aud':
      return 'The token is meant for another audience.';
    case 'iss':
      return 'The token is from another issuer.';
    case 'nbf':
      return 'The token is not valid yet.';
    case 'exp':
      return 'The token does not say when it expires (exp).';
    default:
      return 'A claim of the token is not as it has to be.';
  }
}
