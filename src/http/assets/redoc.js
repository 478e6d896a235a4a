/* global Redoc */
import { offerToForget } from './access.js';
import { withCodeSamples } from './code-samples.js';
import { isDark, loadDocument } from './document.js';
import { toRedocSettings } from './redoc-settings.js';
import { toShowableDocument } from './showable-document.js';

const page = document.querySelector('#page');
offerToForget();
const shown = await loadDocument(page);
if (shown !== undefined) {
  Redoc.init(toShowableDocument(withCodeSamples(shown)), toRedocSettings({ isDark: isDark() }), page);
}
