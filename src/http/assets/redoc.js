/* global Redoc */
window.addEventListener('DOMContentLoaded', () => {
  const page = document.querySelector('#page');
  Redoc.init(page.dataset.document, { hideDownloadButton: false, requiredPropsFirst: true }, page);
});
