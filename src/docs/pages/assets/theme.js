// In the head, before anything is drawn: the reader's choice of light or dark, kept where the browser lets us keep it.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

  try {
    const kept = localStorage.getItem('mcpo-docs-theme');
    if (kept === 'light' || kept === 'dark') root.dataset.theme = kept;
  } catch {
    // Storage may be denied: then the system's scheme is the page's.
  }

  const announce = () => {
    const button = document.querySelector('#theme');
    if (button !== null) {
      button.hidden = false;
      button.setAttribute('aria-pressed', String(isDark()));
    }
    dispatchEvent(new CustomEvent('themechange', { detail: { isDark: isDark() } }));
  };
  dark.addEventListener('change', announce);
  addEventListener('DOMContentLoaded', () => {
    announce();
    document.querySelector('#theme')?.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      try {
        localStorage.setItem('mcpo-docs-theme', root.dataset.theme);
      } catch {
        // It holds for this page, then.
      }
      announce();
    });
  });
})();
