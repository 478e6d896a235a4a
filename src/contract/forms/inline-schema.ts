import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Loss } from './loss-report.ts';
import { replaceReferences, type Replace, type Replaced, type Site } from './replace-references.ts';
import { own } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';

/** The components behind the references, and the bounds of one schema. */
export interface InlineContext {
  /** `components.schemas`. */
  readonly components: JsonObject;
  /** Of JSON that is put in place of references. */
  readonly maxBytes: number;
  /** Objects and lists inside each other. */
  readonly maxLevels: number;
}

/** How often a component may stand inside itself before it is cut. */
const maxRepeats = 2;

/**
 * Creates a function that puts components in place of the references to them.
 *
 * It takes a schema and where that stands. What is cut, or left, is in the losses.
 */
export function createInliner(context: InlineContext): (schema: JsonValue, pointer: string) => Replaced {
  const measure = createMeasure(context.components);

  function inlineWithin(schema: JsonValue, site: Site, maxBytes: number): Replaced {
    let left = maxBytes;
    const replaceAll = guard((name, at) => {
      left -= measure(name).bytes;
      return left < 0 ? leave(name, at, '') : replaceReferences(targetOf(name), enter(at, name), replaceAll);
    });
    const whole = replaceReferences(schema, site, replaceAll);
    if (left >= 0) return whole;
    // All of it is too much: every reference gets the same share, so that what is near the root is there.
    const share = maxBytes / countReferences(schema, site);
    return replaceReferences(
      schema,
      site,
      guard((name, at) => {
        const rest = share - measure(name).bytes;
        return rest < 0
          ? leave(name, at, `with ${name} in its place, the schema would be too large`)
          : inlineWithin(targetOf(name), enter(at, name), rest);
      }),
    );
  }

  /** Recursion and depth come before size. */
  function guard(replace: Replace): Replace {
    return (name, at) => {
      if (own(context.components, name) === undefined) return leave(name, at, `there is no ${name}`);
      if (at.trail.filter((outer) => outer === name).length >= maxRepeats) {
        return at.strict === 'no'
          ? cut(targetOf(name), name, at)
          : leave(name, at, `${name} contains itself, and an outline of it would refuse what it accepts`);
      }
      return at.level + measure(name).levels > context.maxLevels
        ? leave(name, at, `with ${name} in its place, the schema would be nested too deeply`)
        : replace(name, at);
    };
  }

  function targetOf(name: string): JsonValue {
    return own(context.components, name) ?? {};
  }

  return (schema, pointer) =>
    inlineWithin(schema, { pointer, trail: [], level: 0, strict: 'no' }, context.maxBytes);
}

function enter(site: Site, name: string): Site {
  return {
    ...site,
    pointer: joinPointer('/components/schemas', name),
    trail: [...site.trail, name],
  };
}

function leave(name: string, at: Site, reason: string): Replaced {
  return {
    schema: { $ref: `#/components/schemas/${name}` },
    isWider: false,
    losses: [toLoss(at, reason, 'reference')],
  };
}

/** In place of a component that would go on for ever: what its values are, and no more. */
function cut(target: JsonValue, name: string, at: Site): Replaced {
  const losses = [toLoss(at, `${name} contains itself: it is repeated once, then cut`, 'wider')];
  return { schema: toOutline(target), isWider: true, losses };
}

function toOutline(target: JsonValue): JsonObject {
  const type = isJsonObject(target) ? own(target, 'type') : undefined;
  if (!isJsonObject(target) || type === undefined) return {};
  const hasArrays = type === 'array' || (Array.isArray(type) && type.includes('array'));
  return {
    type,
    // OpenAPI 3.0.3: null beside the type.
    ...(target['nullable'] === true && { nullable: true }),
    ...(hasArrays && { items: {} }),
  };
}

function toLoss({ pointer }: Site, reason: string, effect: Loss['effect']): Loss {
  return { pointer: joinPointer(pointer, '$ref'), keyword: '$ref', reason, effect };
}

function countReferences(schema: JsonValue, site: Site): number {
  let count = 0;
  replaceReferences(schema, site, (name, at) => {
    count += 1;
    return leave(name, at, '');
  });
  return count;
}

/** Sizes of components, each measured once. */
function createMeasure(
  components: JsonObject,
): (name: string) => { readonly bytes: number; readonly levels: number } {
  const measured = new Map<string, { readonly bytes: number; readonly levels: number }>();
  return (name) => {
    const schema = own(components, name) ?? {};
    const size = measured.get(name) ?? {
      bytes: Buffer.byteLength(JSON.stringify(schema)),
      levels: levelsOf(schema),
    };
    measured.set(name, size);
    return size;
  };
}

/** Objects and lists inside each other: at least as many as schemas. */
function levelsOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  let levels = 0;
  for (const member of Object.values(value)) levels = Math.max(levels, levelsOf(member));
  return levels + 1;
}
