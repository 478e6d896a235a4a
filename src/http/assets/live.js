/**
 * Calls `check` again and again while somebody may see the page: less often when it fails, and not at all while hidden.
 *
 * @param check whether to go on
 */
export function watch(check, everyMs) {
  let timer;
  let failures = 0;
  const schedule = (delayMs) => {
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
  };
  const run = async () => {
    timer = undefined;
    if (document.hidden) return;
    try {
      if (!(await check())) return;
      failures = 0;
    } catch {
      failures += 1;
    }
    schedule(everyMs * 2 ** Math.min(failures, 4));
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && timer === undefined) schedule(0);
  });
  schedule(everyMs);
}
