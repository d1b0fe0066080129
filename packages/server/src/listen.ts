import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { BuckyError } from '@bucky/dicom';
import { listenError } from './listen-error.js';

/** Longest path of a local socket that every system takes, in bytes (`sun_path`, less its end). */
const longestSocketPath = 103;

/**
 * Has a server listen on an address or a local socket that only this user may open. Throws `configuration`; the server then
 * listens to nothing.
 */
export async function listen(
  server: Server,
  address: { readonly host: string; readonly port: number } | { readonly socketPath: string },
): Promise<void> {
  const isSocket = 'socketPath' in address;
  const what = isSocket ? address.socketPath : `${address.host}:${address.port}`;
  try {
    if (isSocket) await listenOnSocket(server, address.socketPath);
    else await begin(server, () => server.listen(address.port, address.host));
  } catch (error) {
    server.close();
    throw error instanceof BuckyError ? error : listenError(error, what, isSocket ? 'socket' : 'tcp');
  }
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
    await begin(server, () => server.listen(first));
    await chmod(first, 0o600);
    // Whoever holds the archive's lock may: a socket that is there was left by a process that died.
    await rename(first, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function begin(server: Server, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    start();
  });
}
