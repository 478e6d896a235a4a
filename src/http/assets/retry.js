import { fetchWithKey, offerToForget } from './access.js';
import { watch } from './live.js';

offerToForget();
const note = document.querySelector('#retry');
note.textContent = 'This page tries again by itself.';
watch(async () => {
  const { status } = await fetchWithKey(location.href, {
    method: 'HEAD',
    headers: { accept: 'text/html' },
    cache: 'no-store',
  });
  if (status === 503) return true;
  location.reload();
  return false;
}, 3_000);
