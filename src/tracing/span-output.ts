import type { SpanExporter, SpanProcessor, ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logger.ts';

/** What an exporter says of a batch: 0 when it was taken. */
type ExportDone = Parameters<SpanExporter['export']>[1];

export interface SpanOutputOptions {
  readonly exporter: SpanExporter;
  /** Spans that wait; more are lost. */
  readonly maxQueueSize: number;
  readonly logger: Logger;
}

/**
 * Exports spans in batches, and knows how many were lost.
 *
 *     ended ─▶ waiting (bounded) ─▶ exporting ─▶ taken
 *         └─ no room ─▶ lost ◀─ refused, or no time left ┘
 *
 * Each outage is logged when it begins and when it ends.
 */
export class SpanOutput implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #maxQueueSize: number;
  readonly #logger: Logger;
  #waiting = 0;
  #exporting = 0;
  #lost = 0;
  #isFailing = false;

  constructor({ exporter, maxQueueSize, logger }: SpanOutputOptions) {
    this.#maxQueueSize = maxQueueSize;
    this.#logger = logger;
    this.#batches = new BatchSpanProcessor(this.#counted(exporter), {
      maxQueueSize,
      maxExportBatchSize: Math.min(maxQueueSize, batchSize),
    });
  }

  /** Spans that nobody got. */
  get lost(): number {
    return this.#lost;
  }

  onStart(): void {
    // Only what has ended is exported.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    if (this.#waiting >= this.#maxQueueSize) {
      this.#lose(1, 'more spans ended than could be exported');
      return;
    }
    this.#waiting += 1;
    this.#batches.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await this.#batches.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#batches.shutdown();
  }

  /** Exports what is left, within `deadlineMs`; never rejects. */
  async close(deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    // What cannot be exported is counted where it fails.
    await Promise.race([this.shutdown().catch(() => undefined), deadline]);
    clearTimeout(timer);
    const left = this.#waiting + this.#exporting;
    if (left > 0) this.#lose(left, 'the gateway ended before they were exported');
    if (this.#lost > 0) this.#logger.warn({ lost: this.#lost }, 'spans were lost');
  }

  #counted(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#waiting -= spans.length;
        this.#exporting += spans.length;
        exporter.export(spans, this.#doneWith(spans.length, done));
      },
      forceFlush: async () => await exporter.forceFlush?.(),
      shutdown: async () => await exporter.shutdown(),
    };
  }

  #doneWith(count: number, done: ExportDone): ExportDone {
    return (result) => {
      this.#exporting -= count;
      // The enum, in which SUCCESS is 0, is in a package that is none of ours.
      if ((result.code as number) !== 0)
        this.#lose(count, result.error?.message ?? 'the endpoint refused them');
      else if (this.#isFailing) {
        this.#isFailing = false;
        this.#logger.info({ lost: this.#lost }, 'spans are exported again');
      }
      done(result);
    };
  }

  #lose(count: number, reason: string): void {
    this.#lost += count;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#logger.warn({ reason, lost: this.#lost }, 'spans are being lost; calls are not affected');
  }
}

const batchSize = 512;
