// What is used of autocannon, which has no declarations of its own.
declare module 'autocannon' {
  function autocannon(options: autocannon.Options): autocannon.Run;

  namespace autocannon {
    interface Request {
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly onResponse: (status: number, body: string) => void;
    }

    interface Client {
      setRequests(requests: readonly Partial<Request>[]): void;
    }

    interface Options {
      readonly url: string;
      readonly connections: number;
      /** Seconds. */
      readonly duration: number;
      /** Milliseconds between looks at whether to stop. */
      readonly sampleInt: number;
      /** Seconds. */
      readonly timeout: number;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly setupClient: (client: Client) => void;
    }

    interface Run extends PromiseLike<unknown> {
      stop(): void;
      on(
        event: 'response',
        listener: (client: Client, status: number, bytes: number, ms: number) => void,
      ): this;
      on(event: 'reqError', listener: (error: Error) => void): this;
    }
  }

  export = autocannon;
}
