import type { JsonObject, ReadSchema } from '../../../src/index.ts';
import type { GoalSpace } from '../goals/goal-space.ts';
import { anySchema, noSchema } from '../schema/schema-model.ts';
import { breachSchema } from './breach-schema.ts';
import type { Breach, Fault } from './fault.ts';
import { listSteps } from './list-steps.ts';
import type { Step } from './step.ts';

/** A schema that is reached from the root. */
interface Place {
  readonly schema: JsonObject;
  readonly pointer: string;
  /** The root's schema for values in which this one is broken. */
  readonly around: (broken: JsonObject) => JsonObject;
  readonly depth: number;
}

/** More ways to one schema show nothing new. */
const maxVisits = 3;
const maxFaults = 20_000;
const maxDepth = 200;

/** Keywords whose `false` is an assertion of their own. */
const singleKeywords: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'unevaluatedItems',
  'contains',
  'propertyNames',
  'then',
  'else',
]);

/** Every way to break the schema at one place, those near the root first; several may break the same site. */
export function* listFaults(space: GoalSpace, schema: ReadSchema): Iterable<Fault> {
  const visits = new Map<JsonObject, number>();
  let places: readonly Place[] = [{ schema: schema.root, pointer: '', around: (broken) => broken, depth: 0 }];
  let count = 0;
  while (places.length > 0) {
    const next: Place[] = [];
    for (const place of places) {
      const visited = visits.get(place.schema) ?? 0;
      if (visited >= maxVisits || place.depth > maxDepth) continue;
      visits.set(place.schema, visited + 1);
      for (const breach of breachSchema(place.schema)) {
        if (count >= maxFaults) return;
        count += 1;
        yield toFault(place, place.pointer, breach);
      }
      for (const step of listSteps(space, place.schema)) {
        const pointer = pointerOf(schema, place.pointer, step);
        const around = (broken: JsonObject): JsonObject => place.around(step.around(broken));
        const inner = { schema: step.target, pointer, around, depth: place.depth + 1 };
        if (schema.originOf(step.target) !== undefined || !isNever(step.target)) next.push(inner);
        else
          yield toFault(
            inner,
            singleKeywords.has(step.keyword) ? place.pointer : pointer,
            toFalseBreach(step),
          );
      }
    }
    places = next;
  }
}

function toFault({ around }: Place, pointer: string, { keyword, schema, ...rest }: Breach): Fault {
  return { site: { pointer, keyword }, schema: around(schema), ...rest };
}

function toFalseBreach({ keyword, tokens }: Step): Breach {
  const name = singleKeywords.has(keyword) ? keyword : 'false';
  return { keyword: name, schema: anySchema, what: `has what ${tokens.join('/')} forbids`, isSingle: true };
}

/** True for what `false` is translated to. */
function isNever(schema: JsonObject): boolean {
  const { not, ...others } = schema;
  if (schema === noSchema) return true;
  return (
    Object.keys(others).length === 0 &&
    typeof not === 'object' &&
    not !== null &&
    Object.keys(not).length === 0
  );
}

function pointerOf(schema: ReadSchema, outer: string, step: Step): string {
  const known = schema.originOf(step.target);
  if (known !== undefined) return known;
  return step.tokens.reduce(
    (pointer, token) => `${pointer}/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    outer,
  );
}
