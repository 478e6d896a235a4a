import { severities, type Change, type ContractDiff, type Severity } from '../../contract/diff/change.ts';
import { markup, Markup } from '../html/markup.ts';
import { groupChanges, toShortPlace, type ChangeGroup } from './diff-report.ts';

/** How changes are shown in a page. */
export interface ChangeGroupsOptions {
  /** Begins the id of each operation's group, so that they differ from those of other diffs in the page. @default '' */
  readonly idPrefix?: string;
  /** Headings of groups. @default 3 */
  readonly level?: 2 | 3 | 4;
  /** Changes shown; what is left out is counted. @default 5_000 */
  readonly maxChanges?: number;
}

/** With more groups, only those open that ask for a decision. */
const maxOpenGroups = 12;
/** Beyond this a message is cut. */
const maxMessageLength = 2_000;
/** What comparisons of contracts say after the two values. */
const addedNote =
  /(?:, asserted|; generated clients are named for it|(?:; "(?:[^"\\]|\\.)*" (?:no longer matches|matches now))+)$/;

/** The changes by operation, each group to be opened and closed; severities in words and in colours. */
export function toChangeGroups(
  diff: ContractDiff,
  { idPrefix = '', level = 3, maxChanges = 5_000 }: ChangeGroupsOptions = {},
): Markup {
  const groups = groupChanges(diff);
  if (groups.length === 0) return markup`<p class="nothing">Nothing changed.</p>`;
  const toId = createIds(idPrefix);
  const shown: Markup[] = [];
  let room = maxChanges;
  for (const group of groups) {
    if (room <= 0) break;
    const kept = group.changes.slice(0, room);
    room -= kept.length;
    const isOpen = groups.length <= maxOpenGroups || group.changes.some(isGrave);
    shown.push(toGroup({ ...group, changes: kept }, { id: toId(group), level, isOpen }));
  }
  const left = diff.changes.length - (maxChanges - room);
  return markup`${shown}${left === 0 ? undefined : markup`<p class="more">… and ${left} more changes.</p>`}`;
}

/** Checkboxes that choose among the severities, with the counts of them. */
export function toSeverityFilter(summary: ContractDiff['summary']): Markup {
  const labels = severities.map((severity) => {
    const state = summary[severity] === 0 ? markup`disabled` : markup`checked`;
    return markup`<label class="${severity}"><input type="checkbox" id="show-${severity}" ${state}> <b>${summary[severity]}</b> ${severity}</label>
`;
  });
  return markup`<fieldset class="filter"><legend>Show changes that are</legend>
${labels}</fieldset>`;
}

/** "2 breaking" and so on, each in its colour. */
export function toCounts(summary: ContractDiff['summary']): Markup {
  const present = severities.filter((severity) => summary[severity] > 0);
  return markup`<span class="counts">${present.map(
    (severity) => markup`<span class="${severity}">${summary[severity]} ${severity}</span> `,
  )}</span>`;
}

function toGroup(
  { operation, changes }: ChangeGroup,
  { id, level, isOpen }: { readonly id: string; readonly level: 2 | 3 | 4; readonly isOpen: boolean },
): Markup {
  const summary = countBySeverity(changes);
  const present = severities.filter((severity) => summary[severity] > 0);
  const title =
    operation === undefined
      ? markup`The document`
      : markup`<span class="method">${operation.method.toUpperCase()}</span><bdi>${operation.path}</bdi>${
          isNamedByPath(operation.path, operation.operationId)
            ? undefined
            : markup` <span class="soft">(<bdi>${operation.operationId}</bdi>)</span>`
        }`;
  const tag = new Markup(`h${level}`);
  const heading = markup`<${tag}>${title}</${tag}>`;
  return markup`<details class="group ${present.map((severity) => `has-${severity}`).join(' ')}" id="${id}"${
    isOpen ? markup` open` : undefined
  }>
<summary>${heading}${toCounts(summary)}</summary>
<ul class="changes">
${changes.map(toItem)}</ul>
</details>
`;
}

function toItem(change: Change): Markup {
  const { part, pointer } = toShortPlace(change);
  const place =
    pointer === '' ? markup`${part}` : markup`${part} <code><bdi>${toExcerpt(pointer)}</bdi></code>`;
  return markup`<li class="change ${change.severity}"><span class="severity">${change.severity}</span>
<div><div class="place">${place}</div><p class="what">${toWhat(change.message)}</p></div></li>
`;
}

/** What was and what is stand out where a message says both; what it adds to them does not. */
function toWhat(message: string): Markup {
  const shown = toExcerpt(message);
  const [before = '', rest, ...more] = shown.split(' → ');
  const found = /^([^:]{1,60}: )(.*)$/s.exec(before);
  if (rest === undefined || more.length > 0 || found === null) return markup`${shown}`;
  const [, name = '', old = ''] = found;
  const [note = ''] = addedNote.exec(rest) ?? [];
  return markup`${name}<del>${old}</del> → <ins>${rest.slice(0, rest.length - note.length)}</ins>${note}`;
}

function toExcerpt(text: string): string {
  if (text.length <= maxMessageLength) return text;
  return `${text.slice(0, maxMessageLength)}… (${text.length - maxMessageLength} more characters)`;
}

function countBySeverity(changes: readonly Change[]): Record<Severity, number> {
  const counts = { breaking: 0, unknown: 0, compatible: 0, editorial: 0 };
  for (const { severity } of changes) counts[severity]++;
  return counts;
}

function isGrave({ severity }: Change): boolean {
  return severity === 'breaking' || severity === 'unknown';
}

function isNamedByPath(path: string, operationId: string): boolean {
  return operationId === '' || path === `/${operationId}`;
}

/** Ids that can stand in an address as they are; the same diff has the same ones. */
function createIds(prefix: string): (group: ChangeGroup) => string {
  const taken = new Set<string>();
  return ({ operation }) => {
    const name = operation === undefined ? 'document' : operation.operationId || operation.path;
    const base = `${prefix}${toAnchor(name)}`;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
    taken.add(id);
    return id;
  };
}

/** A name as part of an id: letters, digits, `.`, `_` and `-` alone. */
export function toAnchor(name: string): string {
  return name
    .slice(0, 100)
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
