/* global Redoc */
import { withCodeSamples } from './code-samples.js';
import { forEachDescription, isDark, loadDocument, toRuns } from './document.js';

const page = document.querySelector('#page');
const shown = await loadDocument(page);
if (shown !== undefined) {
  forEachDescription(shown, (owner, key) => {
    owner[key] = toHtml(owner[key]);
  });
  Redoc.init(
    withCodeSamples(shown),
    {
      sanitize: true,
      requiredPropsFirst: true,
      nativeScrollbars: true,
      hideDownloadButtons: true,
      theme: isDark() ? darkTheme() : {},
    },
    page,
  );
}

/** One line of HTML is one HTML block to Markdown (CommonMark 4.6), which then looks no further into it. */
function toHtml(description) {
  const runs = toRuns(description).map(({ isCode, text }) => {
    const html = escapeHtml(text);
    return isCode ? `<code>${html}</code>` : html;
  });
  return `<p class="text" dir="auto">${runs.join('')}</p>`;
}

function escapeHtml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '')
    .replaceAll('\n', '&#10;');
}

function darkTheme() {
  const ink = '#e4e6e6';
  const faint = '#b6bcc4';
  const link = '#8ab4ff';
  const success = '#5fd08a';
  const error = '#ff9b9b';
  return {
    colors: {
      primary: { main: link },
      text: { primary: ink, secondary: faint },
      border: { dark: '#4a525a', light: '#31373d' },
      success: { main: success },
      error: { main: error },
      responses: {
        success: { color: success, backgroundColor: '#17301f', tabTextColor: success },
        error: { color: error, backgroundColor: '#3a1d1f', tabTextColor: error },
      },
    },
    schema: { nestedBackground: '#22272b', linesColor: '#5b6670' },
    sidebar: { backgroundColor: '#16191b', textColor: ink, activeTextColor: link },
    rightPanel: {
      backgroundColor: '#16191b',
      servers: {
        overlay: { backgroundColor: '#22272b', textColor: ink },
        url: { backgroundColor: '#0e1011' },
      },
    },
    codeBlock: { backgroundColor: '#0e1011' },
    typography: { links: { color: link }, code: { color: '#ff9fb0', backgroundColor: '#22272b' } },
    // Redoc writes the colour of these headings into the component.
    extensionsHook: (name) => (name === 'UnderlinedHeader' ? { color: faint } : undefined),
  };
}
