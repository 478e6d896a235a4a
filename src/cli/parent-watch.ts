const everyMs = 500;

/**
 * Calls `onGone` when the shell that npm or npx runs a command in has ended: they end it when they are told to end, and
 * it tells nobody; the gateway would run on, and keep its port. Without npm, whoever starts it may well end before it.
 */
export function watchParent(onGone: () => void): void {
  if (process.env['npm_command'] === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, everyMs).unref();
}
