import type { Contract, Operation } from '../contract/contract.ts';
import type { InfoOverrides } from '../contract/document/document-info.ts';
import type { Profile, ServedView } from '../gateway/profile.ts';
import { judgeCredentials } from './credentials.ts';
import { toMountedDocument, toOnlyDocument, toRootDocument } from './mcpo-document.ts';
import { toProblemAnswer } from './problem-answer.ts';
import { readArguments } from './read-arguments.ts';
import { toResultBody } from './result-body.ts';
import { toToolForm, type ToolForm } from './tool-form.ts';

/** What a gateway in mcpo's place was told. */
export interface McpoProfileOptions {
  readonly info: InfoOverrides;
  readonly hasKey: boolean;
  readonly strictAuth: boolean;
  /** '' or a path without a slash at its end. */
  readonly rootPath: string;
  /** Likewise. */
  readonly pathPrefix: string;
}

/** Makes a gateway look like mcpo 0.0.20 to its clients; the COMPAT rules of spec/mapping.md say where it does not. */
export function createMcpoProfile(options: McpoProfileOptions): Profile {
  // A contract is replaced when what its servers list changes, so forms last as long as it does.
  const forms = new WeakMap<Contract, Map<Operation, ToolForm>>();

  function formOf({ contract, sources }: ServedView, operation: Operation): ToolForm {
    const known = forms.get(contract) ?? new Map<Operation, ToolForm>();
    forms.set(contract, known);
    const form = known.get(operation) ?? toToolForm(operation, { contract, sources });
    known.set(operation, form);
    return form;
  }

  return {
    redirectsSlashes: true,
    toDocument({ contract, sources, mounts }, server, forwardedPrefix) {
      const { info, hasKey, pathPrefix } = options;
      const rootPath = forwardedPrefix ?? options.rootPath;
      const common = { contract, sources, mounts, info, hasKey, rootPath, pathPrefix };
      if (server !== '') return toMountedDocument(common, server);
      return mounts.has('') ? toOnlyDocument(common) : toRootDocument(common);
    },
    readArguments(body, view, operation) {
      const form = formOf(view, operation).arguments;
      return readArguments(body, { operation, contract: view.contract, form });
    },
    toResultBody,
    toProblemAnswer,
    judgeCredentials: (credentials, isPage) => judgeCredentials(credentials, isPage, options),
  };
}
