import type { Credentials } from './credentials.ts';

/** Where the credentials for one server are kept. */
export interface CredentialStore {
  /** Never rejects: what cannot be read is reported and taken as absent. */
  load(): Promise<Credentials>;
  /** Never rejects: what cannot be written is reported, and lasts as long as the process. */
  save(credentials: Credentials): Promise<void>;
  /** Runs while nobody else does, other processes on the same store included. */
  exclusively<Value>(run: () => Promise<Value>): Promise<Value>;
}

/** Forgets with the process. */
export function createMemoryStore(): CredentialStore {
  let kept: Credentials = {};
  return {
    load: () => Promise.resolve(kept),
    save(credentials) {
      kept = credentials;
      return Promise.resolve();
    },
    exclusively: async (run) => await run(),
  };
}
