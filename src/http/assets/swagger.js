/* global SwaggerUIBundle */
window.addEventListener('DOMContentLoaded', () => {
  const page = document.querySelector('#page');
  window.ui = SwaggerUIBundle({
    url: page.dataset.document,
    domNode: page,
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    // A public validator would be told the document; a gateway is often private.
    validatorUrl: null,
  });
});
