import type { Direction, Severity } from './change.ts';

/**
 * What a change does to the set of values that a schema admits.
 *
 * `widens` adds values and takes none away; `may-widen` takes none away, and perhaps adds none either; `gains` adds some,
 * and perhaps takes others away. `narrows`, `may-narrow` and `loses` are their mirrors. `shifts` takes values away and
 * adds others. `none` is a change of words.
 */
export type Effect =
  'none' | 'widens' | 'narrows' | 'may-widen' | 'may-narrow' | 'gains' | 'loses' | 'shifts' | 'unknown';

const mirrored: Readonly<Record<Effect, Effect>> = {
  none: 'none',
  widens: 'narrows',
  narrows: 'widens',
  'may-widen': 'may-narrow',
  'may-narrow': 'may-widen',
  gains: 'loses',
  loses: 'gains',
  shifts: 'shifts',
  unknown: 'unknown',
};

const inputSeverities: Readonly<Record<Effect, Severity>> = {
  none: 'editorial',
  widens: 'compatible',
  'may-widen': 'compatible',
  narrows: 'breaking',
  loses: 'breaking',
  shifts: 'breaking',
  'may-narrow': 'unknown',
  gains: 'unknown',
  unknown: 'unknown',
};

/** The effect on a schema of a change to what its `not` holds. */
export function mirror(effect: Effect): Effect {
  return mirrored[effect];
}

/** False when values of the old schema may be missing from the new one. */
export function keepsValues(effect: Effect): boolean {
  return effect === 'none' || effect === 'widens' || effect === 'may-widen';
}

/** Senders break when an input gets narrower, readers when an output gets wider. */
export function toSeverity(effect: Effect, direction: Direction): Severity {
  return inputSeverities[direction === 'output' ? mirror(effect) : effect];
}

/** The effect of what is known of both directions: whether values are taken away, and whether some are added. */
export function toEffect(isLoss: Certainty, isGain: Certainty): Effect {
  return effects[isLoss][isGain];
}

/** What is known of a claim. */
export type Certainty = 'no' | 'perhaps' | 'yes';

const effects: Readonly<Record<Certainty, Readonly<Record<Certainty, Effect>>>> = {
  no: { no: 'none', perhaps: 'may-widen', yes: 'widens' },
  perhaps: { no: 'may-narrow', perhaps: 'unknown', yes: 'gains' },
  yes: { no: 'narrows', perhaps: 'loses', yes: 'shifts' },
};
