/* global SwaggerUIBundle */
import { isDark, loadDocument, toRuns } from './document.js';
import { findMedia, indentJson } from './json-text.js';

/** Beyond this many characters colours cost seconds. */
const maxHighlighted = 100_000;

const page = document.querySelector('#page');
document.documentElement.classList.toggle('dark-mode', isDark());
const shown = await loadDocument(page);
if (shown !== undefined) {
  summarizeErrors(shown);
  SwaggerUIBundle({
    spec: shown,
    domNode: page,
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
    // A public validator would be told the document; a gateway is often private.
    validatorUrl: null,
    plugins: [plainDescriptions, exactAnswers, oneServer, plainDeepLinks],
  });
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
      ? h(
          'div',
          { className: `text ${className}`, dir: 'auto' },
          ...toRuns(source).map(({ isCode, text }) => (isCode ? h('code', null, text) : text)),
        )
      : null;
  return { wrapComponents: { Markdown: () => Markdown } };
}

/** Shows JSON answers digit by digit, and the images and sounds in them. */
function exactAnswers({ React }) {
  const h = React.createElement;
  const toMedia = (source, index) =>
    source.startsWith('data:image/')
      ? h('img', { key: index, src: source, alt: `Image ${index + 1} of the answer` })
      : h('audio', { key: index, src: source, controls: true });
  const Body = ({ content, getComponent }) => {
    const text = indentJson(content);
    const HighlightCode = getComponent('HighlightCode', true);
    return h(
      'div',
      null,
      h('h5', null, 'Response body'),
      h('div', { className: 'media' }, ...findMedia(JSON.parse(content)).map(toMedia)),
      text.length <= maxHighlighted
        ? h(
            HighlightCode,
            { language: 'json', downloadable: true, fileName: 'answer.json', canCopy: true },
            text,
          )
        : h('pre', { className: 'microlight large', tabIndex: 0 }, text),
    );
  };
  const responseBody = (Original) => (props) => h(isJson(props) ? Body : Original, props);
  return { wrapComponents: { responseBody } };
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
