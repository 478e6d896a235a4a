import type { Finding } from '../../findings/finding.ts';
import { toOccurrences } from '../finding-fields.ts';
import { toDiff } from '../json-diff.ts';
import { toLevel } from '../level.ts';
import { toExcerpt } from '../visible.ts';
import { markup, type Markup } from './markup.ts';

/** Beyond this a page would be slow to open; the JSON report has all. */
const SHOWN_TEXT = 20_000;
/** With more, a page is easier to read when they are closed. */
const OPEN_FINDINGS = 3;

/** The findings of a run, each to be opened on its own. */
export function toFindings(findings: readonly Finding[], run: number): Markup {
  const isOpen = findings.length <= OPEN_FINDINGS;
  return markup`<div class="findings">${findings.map((finding) => toArticle(finding, run, isOpen))}</div>`;
}

function toArticle(finding: Finding, run: number, isOpen: boolean): Markup {
  const { id, group, check, tool, title, requirement, expected, seen } = finding;
  const level = toLevel(finding);
  const [occurrences] = toOccurrences(finding);
  return markup`<details
    class="finding ${level}"
    id="run-${run}-${id}"
    data-severity="${level}"
    data-group="${group}"
    data-tool="${tool ?? ''}"
    ${isOpen ? markup` open` : undefined}
  >
    <summary>
      <span class="level">${level}</span> <span class="title">${title}</span>
      <span class="where"
        >${tool === undefined ? undefined : markup`<code>${tool}</code> `}<code>${check}</code></span
      >
    </summary>
    <div class="body">
      <dl class="sides">
        <div>
          <dt>Expected</dt>
          <dd>${toExcerpt(expected, SHOWN_TEXT)}</dd>
        </div>
        <div>
          <dt>Seen</dt>
          <dd>${toExcerpt(seen, SHOWN_TEXT)}</dd>
        </div>
      </dl>
      ${toDiffBlock(finding)} ${toEarlier(finding)}
      ${finding.arguments === undefined ? undefined : toBlock('Arguments', JSON.stringify(finding.arguments, null, 2))}
      ${toLines(finding)}
      ${occurrences === undefined ? undefined : markup`<p>Happened ${occurrences.text}.</p>`}
      <p>
        Required: ${requirement.behaviour}<br /><span class="source">${toSource(requirement.source)}</span>
      </p>
      ${toCommand('Replay', finding.replay)}
      ${finding.replayElsewhere === undefined ? undefined : toCommand('Replay elsewhere', finding.replayElsewhere)}
      ${finding.curl === undefined ? undefined : toCommand('curl', finding.curl)}
    </div>
  </details>`;
}

function toDiffBlock(finding: Finding): Markup | undefined {
  const lines = toDiff(finding);
  if (lines === undefined) return undefined;
  const marked = lines.map(({ kind, text }) => {
    const shown = toExcerpt(text, SHOWN_TEXT);
    switch (kind) {
      case 'same':
        return markup`<span>  ${shown}</span>`;
      case 'expected':
        return markup`<del>- ${shown}</del>`;
      case 'seen':
        return markup`<ins>+ ${shown}</ins>`;
    }
  });
  return markup`<figure class="diff">
    <figcaption>Difference: <del>- expected</del> <ins>+ seen</ins></figcaption>
    <pre>${marked}</pre>
  </figure>`;
}

function toEarlier({ earlier = [] }: Finding): Markup | undefined {
  if (earlier.length === 0) return undefined;
  const calls = earlier.map(({ tool, arguments: args }) => `${tool} ${JSON.stringify(args)}`);
  return toBlock('After these calls', calls.join('\n'));
}

function toBlock(name: string, text: string): Markup {
  return markup`<figure>
    <figcaption>${name}</figcaption>
    <pre>${toExcerpt(text, SHOWN_TEXT)}</pre>
  </figure>`;
}

function toLines({ lines }: Finding): Markup | undefined {
  if (lines.length === 0) return undefined;
  const items = lines.map(({ direction, text }) => {
    const sign = direction === 'sent' ? 'sent →' : 'received ←';
    return markup`<li class="${direction}">
      <span>${sign}</span> <code>${toExcerpt(text, SHOWN_TEXT)}</code>
    </li>`;
  });
  return markup`<figure>
    <figcaption>JSON-RPC</figcaption>
    <ol class="wire">
      ${items}
    </ol>
  </figure>`;
}

/** Only an address of the web becomes a link. */
function toSource(source: string): Markup {
  return /^https:\/\/[\w.-]+\//.test(source)
    ? markup`<a href="${source}" rel="noreferrer noopener">${source}</a>`
    : markup`${source}`;
}

function toCommand(name: string, command: string): Markup {
  return markup`<figure class="command">
    <figcaption>${name} <button type="button" class="copy" hidden>Copy</button></figcaption>
    <pre>${command}</pre>
  </figure>`;
}
