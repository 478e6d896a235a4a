import type { Contract, Operation, ToolSource } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { CallResult } from './call-result.ts';

/** What a request carried as its body, before anything was made of it. */
export interface RequestBody {
  /** Undefined when it had none. */
  readonly bytes: Buffer | undefined;
  readonly contentType: string | undefined;
}

/** The arguments of a call, or why there are none. */
export type ReadArguments =
  /** `text` is the same as JSON without line breaks: what the tool gets. */
  | { readonly kind: 'arguments'; readonly value: JsonValue; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** What a gateway serves at the moment. */
export interface ServedView {
  readonly contract: Contract;
  /** What the servers list; those that never connected are not among them. */
  readonly sources: readonly ToolSource[];
  /** Each server, in the order of the configuration → the path that its tools are under; '' is the only one. */
  readonly mounts: ReadonlyMap<string, string>;
}

/** What an Authorization header says, and whether its key is the right one. */
export type Credentials =
  | { readonly kind: 'absent' }
  /** Of a scheme that nobody knows (in lower case), or not what its scheme asks for. */
  | { readonly kind: 'unreadable'; readonly scheme: string }
  | {
      readonly kind: 'key';
      readonly scheme: 'bearer' | 'basic';
      readonly isRight: boolean;
      /** Why it is wrong, when more is known. */
      readonly detail?: string;
    };

/** An error answer as it is sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
}

/**
 * How a gateway looks to its clients where that is not our own way: what is called and enforced stays the same.
 *
 * Each member stands in for one step of the default.
 */
export interface Profile {
  /** The document of all servers (`server` is '') or of one, at the place where a proxy shows the gateway. */
  readonly toDocument: (view: ServedView, server: string, forwardedPrefix: string | undefined) => JsonObject;
  /** Reads a body of any media type, and validates what it makes of it. */
  readonly readArguments: (body: RequestBody, view: ServedView, operation: Operation) => ReadArguments;
  /** The JSON text to answer with; undefined leaves it to the default. */
  readonly toResultBody: (result: CallResult) => string | undefined;
  readonly toProblemAnswer: (problem: Problem) => ProblemAnswer;
  /** Why a caller may not pass; undefined when it may. @param isPage whether it asks for a page, not for a tool */
  readonly judgeCredentials: (credentials: Credentials, isPage: boolean) => Problem | undefined;
  /** Whether a path with a slash too many leads to the one without it, by a redirect. */
  readonly redirectsSlashes: boolean;
}
