/* global SwaggerUIBundle */
import { offerToForget, storedKey } from './access.js';
import { isDark, loadDocument } from './document.js';
import { findMedia, indentJson } from './json-text.js';
import { toShowableDocument } from './showable-document.js';
import { bearerSchemes, keyOfThisTab, withoutSigningIn, withReadableKey } from './swagger-access.js';
import { findTools } from './swagger-tools.js';

/** Beyond this many characters colours cost seconds. */
const maxHighlighted = 100_000;
/** Beyond this many tools a link shows its own alone. */
const maxScrolled = 40;
/** Beyond this many characters a browser takes seconds to lay them out; the rest is in the file. */
const maxShown = 1_500_000;

const page = document.querySelector('#page');
document.documentElement.classList.toggle('dark-mode', isDark());
offerToForget();
const loaded = await loadDocument(page);
if (loaded !== undefined) {
  // Swagger UI resolves references and makes up examples without bounds, as Redoc does.
  const shown = toShowableDocument(loaded);
  summarizeErrors(shown);
  withoutSigningIn(shown);
  const count = Object.keys(shown.paths ?? {}).length;
  const ui = SwaggerUIBundle({
    spec: shown,
    domNode: page,
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
    // A public validator would be told the document; a gateway is often private.
    validatorUrl: null,
    // Swagger UI draws the rows that can be seen, so a place among many cannot be scrolled to.
    filter: count > maxScrolled ? (linkedTool() ?? true) : count > 8,
    requestInterceptor: withReadableKey,
    responseInterceptor: textOnly,
    plugins: [plainDescriptions, exactAnswers, oneServer, plainDeepLinks, findTools(count), keyOfThisTab],
    onComplete: () => {
      const key = storedKey();
      if (key === undefined) return;
      for (const name of bearerSchemes(shown)) ui.preauthorizeApiKey(name, key);
    },
  });
}

/** Swagger UI keeps answers in collections of its own, value by value; what is shown is the text. */
function textOnly(response) {
  if (typeof response.text === 'string' && response.text.length > maxHighlighted) {
    response.body = response.text;
    response.obj = response.text;
  }
  return response;
}

/** Every tool has the same ten error answers: their description stays, their schema is under Schemas. */
function summarizeErrors({ components, paths }) {
  for (const response of Object.values(components?.responses ?? {})) {
    delete response.content;
    delete response.headers;
  }
  for (const path of Object.values(paths ?? {})) {
    for (const operation of Object.values(path)) {
      for (const response of Object.values(operation.responses ?? {})) delete response.headers;
    }
  }
}

function plainDescriptions({ React }) {
  const h = React.createElement;
  const Markdown = ({ source, className = '' }) =>
    typeof source === 'string' && source !== ''
      ? h('div', { className: `text ${className}`, dir: 'auto' }, ...toParts(source, h))
      : null;
  // The editor of the arguments has no name of its own.
  const TextArea = (Original) => (props) => h(Original, { 'aria-label': 'Arguments', ...props });
  return { wrapComponents: { Markdown: () => Markdown, TextArea } };
}

/** The document that is shown holds text as HTML, of nothing but text and `code`: read by the browser, which runs nothing of it. */
function toParts(source, h) {
  const [block] = new DOMParser().parseFromString(source, 'text/html').body.children;
  return [...(block?.childNodes ?? [])].map((part) =>
    part.nodeName === 'CODE' ? h('code', null, part.textContent) : part.textContent,
  );
}

/** Shows JSON answers digit by digit, and the images and sounds in them. */
function exactAnswers({ React }) {
  const h = React.createElement;
  const toMedia = (source, index) =>
    source.startsWith('data:image/')
      ? h('img', { key: index, src: source, alt: `Image ${index + 1} of the answer` })
      : h('audio', { key: index, src: source, controls: true });
  const Body = ({ content, getComponent }) => {
    const isVast = content.length > maxShown;
    const text = isVast ? content.slice(0, maxShown) : indentJson(content);
    const HighlightCode = getComponent('HighlightCode', true);
    return h(
      'div',
      null,
      h('h5', null, 'Response body'),
      h('div', { className: 'media' }, ...findMedia(JSON.parse(content)).map(toMedia)),
      isVast && h(Excerpt, { content }),
      text.length <= maxHighlighted
        ? h(
            HighlightCode,
            { language: 'json', downloadable: true, fileName: 'answer.json', canCopy: true },
            text,
          )
        : h('pre', { className: 'microlight large', tabIndex: 0 }, text),
    );
  };
  const Excerpt = ({ content }) =>
    h(
      'p',
      { className: 'excerpt' },
      `The first ${(maxShown / 1e6).toLocaleString()} million of ${content.length.toLocaleString()} characters. `,
      h('button', { type: 'button', className: 'btn', onClick: () => download(content) }, 'Download all'),
    );
  const responseBody = (Original) => (props) => h(isJson(props) ? Body : Original, props);
  return { wrapComponents: { responseBody } };
}

function download(text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'answer.json';
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function isJson({ content, contentType }) {
  if (typeof content !== 'string' || !/json/i.test(contentType)) return false;
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

/** There is nothing to choose from. */
function oneServer() {
  return { wrapComponents: { ServersContainer: () => () => null } };
}

/** Swagger UI takes an underscore in a link for a space and complains of it; most tools have one in their name. */
function plainDeepLinks() {
  return { statePlugins: { layout: { wrapActions: { parseDeepLinkHash: toShowLinked } } } };
}

function toShowLinked(_original, { layoutActions, layoutSelectors }) {
  return (hash) => {
    const names = hash.replace(/^#!?\/?/, '').split('/');
    const [tag] = names;
    if (tag === '') return;
    const key = layoutSelectors.isShownKeyFromUrlHashArray(names);
    layoutActions.show(layoutSelectors.isShownKeyFromUrlHashArray([tag]), true);
    layoutActions.show(key, true);
    layoutActions.scrollTo(key);
  };
}

/** The operation that the address names; undefined without one. */
function linkedTool() {
  const [, id] = location.hash.replace(/^#!?\/?/, '').split('/');
  return id === undefined || id === '' ? undefined : decodeURIComponent(id);
}
