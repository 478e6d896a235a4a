import { annotationsCoherent } from './annotations.ts';
import { badCursor } from './bad-cursor.ts';
import { cancellation } from './cancellation.ts';
import { capabilitiesServed } from './capabilities.ts';
import type { Check } from './check.ts';
import { descriptions } from './descriptions.ts';
import { endsWithInput } from './ends-with-input.ts';
import { errorObject } from './error-object.ts';
import { idEchoed } from './id-echoed.ts';
import { lineIsMessage } from './line-is-message.ts';
import { malformedInput } from './malformed-input.ts';
import { messageSchema } from './message-schema.ts';
import { notBlocked } from './not-blocked.ts';
import { notificationsDeclared } from './notifications-declared.ts';
import { objectRoots } from './object-roots.ts';
import { oneResponse } from './one-response.ts';
import { ownAnswer } from './own-answer.ts';
import { pagination } from './pagination.ts';
import { ping } from './ping.ts';
import { pingDuringCall } from './ping-during-call.ts';
import { progressIncreases } from './progress.ts';
import { referencesResolve } from './references-resolve.ts';
import { requestsAnswered } from './requests-answered.ts';
import { resultXorError } from './result-xor-error.ts';
import { sameAsSerial } from './same-as-serial.ts';
import { schemasValid } from './schemas-valid.ts';
import { serverStays } from './server-stays.ts';
import { stableListing } from './stable-listing.ts';
import { toolNames } from './tool-names.ts';
import { uniqueNames } from './unique-names.ts';
import { unknownMethod } from './unknown-method.ts';
import { versionNegotiation } from './version-negotiation.ts';

/** All checks, in the order in which probes run and reports list them. */
export const checks: readonly Check[] = Object.freeze([
  lineIsMessage,
  idEchoed,
  oneResponse,
  requestsAnswered,
  resultXorError,
  errorObject,
  messageSchema,
  progressIncreases,
  serverStays,
  notificationsDeclared,
  versionNegotiation,
  capabilitiesServed,
  unknownMethod,
  malformedInput,
  ping,
  cancellation,
  endsWithInput,
  pagination,
  badCursor,
  stableListing,
  toolNames,
  uniqueNames,
  schemasValid,
  objectRoots,
  referencesResolve,
  annotationsCoherent,
  descriptions,
  ownAnswer,
  notBlocked,
  pingDuringCall,
  sameAsSerial,
]);
