import { InvalidArgumentError } from 'commander';

/** The engines that a scenario can be written for. */
export const engines = ['k6', 'vegeta'] as const;

/** What `--emit` asks for. */
export interface EmitRequest {
  readonly engine: (typeof engines)[number];
  /** `-` is stdout. */
  readonly path: string;
}

/** @throws InvalidArgumentError */
export function parseEmit(text: string): EmitRequest {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  const engine = engines.find((known) => known === name);
  if (engine === undefined || at === text.length - 1) {
    throw new InvalidArgumentError('write k6, k6=file.js, vegeta or vegeta=file.ndjson');
  }
  return { engine, path: at === -1 ? '-' : text.slice(at + 1) };
}
