import type { VerifyEvent } from '../../../../conformance/events.ts';
import type { Reporter, Write } from '../../../../conformance/reporters/reporter.ts';
import { events } from './event-fixture.ts';

/** What a reporter writes of events. */
export function render(create: (write: Write) => Reporter, of: readonly VerifyEvent[] = events): string {
  let text = '';
  const { onEvent, onEnd } = create((part) => {
    text += part;
  });
  for (const event of of) onEvent(event);
  onEnd?.();
  return text;
}
