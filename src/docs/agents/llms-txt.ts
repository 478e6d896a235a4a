import { shorten, toFenced, toInline, toPlain } from '../markdown/markdown-text.ts';
import { toSampleCall } from '../samples/sample-call.ts';
import type { SiteContext } from '../site/site-context.ts';
import { toHref, toPublicUrl } from '../site/site-links.ts';
import type { SiteTool } from '../site/site-tool.ts';

const maxSummaryLength = 160;
const maxInstructionsLength = 8_000;

/**
 * The site for agents as llms.txt (https://llmstxt.org): what there is in a few lines, then a link to the Markdown of each
 * tool, server by server.
 *
 * There is no llms-full.txt: with hundreds of tools it fits no context, and the page of one tool is complete.
 */
export function renderLlmsTxt(context: SiteContext): string {
  const { contract, map, tools, title } = context;
  const link = (name: string, path: string, words: string): string =>
    `- [${toLinkText(shorten(name, 300))}](${toLink(context, path)})${words === '' ? '' : `: ${words}`}`;
  const sections = [...byServer(tools)].map(([server, own]) => {
    const lines = own.map((tool) => link(tool.name, map.markdownOf(tool), toWords(tool)));
    return `## ${server === '' ? 'Tools' : `Tools of ${toInline(shorten(server, 300))}`}\n\n${lines.join('\n')}`;
  });
  const documents = [
    link('openapi.json', map.documentOf('', 'json'), 'all tools, as an OpenAPI document'),
    link('openapi.yaml', map.documentOf('', 'yaml'), 'the same as YAML'),
    ...contract.servers.map(({ server }) =>
      link(`${server}/openapi.json`, map.documentOf(server, 'json'), 'the tools of this server alone'),
    ),
  ];
  const parts = [
    `# ${toInline(shorten(title, 300))}`,
    `> ${toSummary(context)}`,
    ...toNotes(context),
    ...sections,
    `## Contract\n\n${documents.join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function toSummary({ tools, contract }: SiteContext): string {
  const servers = contract.servers.length;
  const of = servers === 0 ? '' : ` of ${count(servers, 'MCP server')}`;
  return `${count(tools.length, 'tool')}${of}, each called over HTTP with its arguments as a JSON object. The page of a tool says how, with examples.`;
}

function toNotes({ contract, tools, options }: SiteContext): readonly string[] {
  const { document } = contract.merged;
  const [first] = tools;
  // Where the first tool is called, all are; its credentials are those of the document.
  const call = first === undefined ? undefined : toSampleCall(document, { ...first, path: '' }, options);
  const variables = [...new Set(call?.credentials.map(({ variable }) => variable))];
  const info = document['info'];
  const said = typeof info === 'object' && info !== null && 'description' in info ? info.description : '';
  return [
    ...(call === undefined ? [] : [`The gateway is at <${call.baseUrl}>.`]),
    ...(variables.length === 0
      ? []
      : [`Calls need credentials; the examples read them from ${variables.join(' and ')}.`]),
    ...(contract.missing.length === 0
      ? []
      : [
          `Missing here, since they did not tell their tools: ${contract.missing.map(({ server }) => toInline(shorten(server, 300))).join(', ')}.`,
        ]),
    ...(typeof said === 'string' && said.trim() !== ''
      ? ['What the server says of itself:', toFenced(shorten(said, maxInstructionsLength), 'text')]
      : []),
  ];
}

/** Some readers take the backslashes before brackets away before they look for links within the text. */
function toLinkText(name: string): string {
  return /[[\]]/.test(name) ? toPlain(name) : toInline(name);
}

/** The first sentence that is said of a tool, or its title. */
function toWords({ description, summary, operation }: SiteTool): string {
  const [sentence = ''] = /^.+?(?:[.!?](?=\s|$)|\n\s*\n|$)/s.exec(description.trim().slice(0, 2_000)) ?? [];
  const words = toInline(shorten((sentence || summary).trim().replaceAll(/\s+/g, ' '), maxSummaryLength));
  const annotations = operation['x-mcp-annotations'];
  const isDestructive =
    typeof annotations === 'object' &&
    annotations !== null &&
    'destructiveHint' in annotations &&
    annotations.destructiveHint === true &&
    !('readOnlyHint' in annotations && annotations.readOnlyHint === true);
  return isDestructive ? `${words} (destructive)` : words;
}

function byServer(tools: readonly SiteTool[]): ReadonlyMap<string, readonly SiteTool[]> {
  const groups = new Map<string, SiteTool[]>();
  for (const tool of tools) {
    const group = groups.get(tool.server);
    if (group === undefined) groups.set(tool.server, [tool]);
    else group.push(tool);
  }
  return groups;
}

function toLink({ options, map }: SiteContext, path: string): string {
  return options.baseUrl === undefined ? toHref(map.llmsTxt, path) : toPublicUrl(options.baseUrl, path);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
