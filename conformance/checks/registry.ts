import { accepted } from './accepted.ts';
import { annotationsCoherent } from './annotations.ts';
import { argumentsObject } from './arguments-object.ts';
import { badCursor } from './bad-cursor.ts';
import { cancellation } from './cancellation.ts';
import { capabilitiesServed } from './capabilities.ts';
import type { Check } from './check.ts';
import { coercion } from './coercion.ts';
import { contractDrift } from './contract-drift.ts';
import { descriptions } from './descriptions.ts';
import { deterministic } from './deterministic.ts';
import { documentCanonical } from './document-canonical.ts';
import { documentLossless } from './document-lossless.ts';
import { documentValid } from './document-valid.ts';
import { documentedAnswers } from './documented-answers.ts';
import { endsWithInput } from './ends-with-input.ts';
import { errorObject } from './error-object.ts';
import { failedWrite } from './failed-write.ts';
import { idEchoed } from './id-echoed.ts';
import { idempotent } from './idempotent.ts';
import { integersKept } from './integers-kept.ts';
import { invalidStaysOut } from './invalid-stays-out.ts';
import { lineIsMessage } from './line-is-message.ts';
import { malformedInput } from './malformed-input.ts';
import { messageSchema } from './message-schema.ts';
import { noInternalError } from './no-internal-error.ts';
import { noLeak } from './no-leak.ts';
import { notBlocked } from './not-blocked.ts';
import { notificationsDeclared } from './notifications-declared.ts';
import { objectRoots } from './object-roots.ts';
import { oneResponse } from './one-response.ts';
import { ownAnswer } from './own-answer.ts';
import { pagination } from './pagination.ts';
import { pingDuringCall } from './ping-during-call.ts';
import { ping } from './ping.ts';
import { poisoning } from './poisoning.ts';
import { progressIncreases } from './progress.ts';
import { readOnly } from './read-only.ts';
import { referencesResolve } from './references-resolve.ts';
import { rejected } from './rejected.ts';
import { requestsAnswered } from './requests-answered.ts';
import { restAuthentication } from './rest-authentication.ts';
import { restEqualsMcp } from './rest-equals-mcp.ts';
import { resultShape } from './result-shape.ts';
import { resultXorError } from './result-xor-error.ts';
import { sameAsSerial } from './same-as-serial.ts';
import { schemaIsTruth } from './schema-is-truth.ts';
import { satisfiable } from './satisfiable.ts';
import { schemasValid } from './schemas-valid.ts';
import { serverStays } from './server-stays.ts';
import { spelling } from './spelling.ts';
import { stableListing } from './stable-listing.ts';
import { structuredContent } from './structured-content.ts';
import { textAgrees } from './text-agrees.ts';
import { toolNames } from './tool-names.ts';
import { uniqueNames } from './unique-names.ts';
import { unknownMethod } from './unknown-method.ts';
import { unknownTool } from './unknown-tool.ts';
import { versionNegotiation } from './version-negotiation.ts';
import { wrongMethod } from './wrong-method.ts';

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
  satisfiable,
  spelling,
  annotationsCoherent,
  descriptions,
  accepted,
  schemaIsTruth,
  noInternalError,
  resultShape,
  structuredContent,
  textAgrees,
  integersKept,
  rejected,
  coercion,
  noLeak,
  unknownTool,
  argumentsObject,
  poisoning,
  readOnly,
  idempotent,
  deterministic,
  failedWrite,
  ownAnswer,
  notBlocked,
  pingDuringCall,
  sameAsSerial,
  documentValid,
  documentCanonical,
  documentLossless,
  restEqualsMcp,
  invalidStaysOut,
  documentedAnswers,
  wrongMethod,
  restAuthentication,
  contractDrift,
]);
