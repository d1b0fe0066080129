import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { BuckyError } from '@bucky/dicom';

/** Longest path of a local socket that every system takes, in bytes (`sun_path`, less its end). */
const longestSocketPath = 103;

/** Has a server listen on an address or a local socket that only this user may open. Throws `configuration`. */
export async function listen(
  server: Server,
  address: { readonly host: string; readonly port: number } | { readonly socketPath: string },
): Promise<void> {
  if ('socketPath' in address) await listenOnSocket(server, address.socketPath);
  else await begin(server, `${address.host}:${address.port}`, () => server.listen(address.port, address.host));
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestSocketPath) {
    const message = `The path of the local socket ${path} is longer than ${longestSocketPath} bytes: choose a shorter data folder`;
    throw new BuckyError('configuration', message);
  }
  // Made where only this user may look and then moved, so that at no moment anybody else can open it.
  const folder = await mkdtemp(join(dirname(path), '.s'));
  try {
    const first = join(folder, 's');
    await begin(server, path, () => server.listen(first));
    await chmod(first, 0o600);
    // Whoever holds the archive's lock may: a socket that is there was left by a process that died.
    await rename(first, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function begin(server: Server, what: string, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      const { code } = cause as { code?: string };
      reject(new BuckyError('configuration', `Cannot listen on ${what}: ${code ?? cause.name}`, { cause }));
    };
    server.once('error', fail);
    server.once('listening', () => {
      server.off('error', fail);
      resolve();
    });
    start();
  });
}
