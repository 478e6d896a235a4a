import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import { ListenError } from '../errors.ts';

/** Fails before a server is started, which may take a while, when the port is taken anyway. @throws ListenError */
export async function checkPort({ host, port }: Settings): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

/** Binds the address. @returns the base URL, without a trailing slash @throws ListenError */
export async function listen(app: FastifyInstance, { host, port, tls }: Settings): Promise<string> {
  const scheme = tls === undefined ? 'http' : 'https';
  // Fastify knows nothing of a server that it did not make.
  const listenTextResolver = (at: string): string => `Server listening at ${at.replace(/^\w+/, scheme)}`;
  await app.listen({ host, port, listenTextResolver }).catch((error: NodeJS.ErrnoException) => {
    throw toListenError(error, host, port);
  });
  // A TCP server that listens has an AddressInfo.
  const { address, family, port: bound } = app.server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const name = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${name}:${bound}`;
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        `port ${port} on ${host} is taken; choose another with --port, or any free one with --port 0`,
      );
    case 'EACCES':
      return new ListenError(`port ${port} needs more rights; choose one above 1023 with --port`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(`this machine has no address ${host}; check --host`);
    default:
      return error;
  }
}
