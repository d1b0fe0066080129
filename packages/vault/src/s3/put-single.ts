import { PutObjectCommand } from '@aws-sdk/client-s3';
import { takenError } from '../taken-error.js';
import type { ObjectKey } from '../vault.js';
import type { Summed } from './body-reader.js';
import { crc32Text } from './crc32.js';
import { attemptsOf, nameOf } from './s3-error.js';
import { isStored, isTaken, takeBack, type Sent } from './stored-already.js';
import { place, type Store } from './store.js';
import { setHeader } from './set-header.js';

/** How often we try again when the store says that two writers met. */
const meetingsAtMost = 5;

interface Single {
  readonly key: ObjectKey;
  readonly summed: Summed;
  readonly signal: AbortSignal | undefined;
}

/** Stores a short object with one request, which the store checks against its CRC-32 before it keeps anything. */
export async function putSingle(store: Store, { key, summed, signal }: Single): Promise<void> {
  const sent: Sent = { key, size: summed.bytes.length, crc32: summed.crc32 };
  for (let meeting = 1; ; meeting += 1) {
    try {
      await put(store, { key, summed, signal });
      return;
    } catch (error) {
      if (await isSettledWell(store, { sent, error, signal })) return;
      const again = nameOf(error) === 'ConditionalRequestConflict' && meeting < meetingsAtMost;
      if (!again && !gaveUpCondition(store, error)) throw error;
    }
  }
}

async function put(store: Store, { key, summed, signal }: Single): Promise<void> {
  const { bytes, crc32 } = summed;
  const { conditionalPut } = store.abilities;
  if (!conditionalPut && (await isTaken(store, key))) throw takenError(key);
  const command = new PutObjectCommand({
    ...place(store, key),
    Body: bytes,
    ContentLength: bytes.length,
    ContentType: 'application/octet-stream',
    ChecksumCRC32: crc32Text(crc32),
    ...(conditionalPut ? { IfNoneMatch: '*' } : {}),
  });
  command.middlewareStack.add(setHeader('x-amz-content-sha256', summed.sha256), { step: 'build' });
  await store.client.send(command, signal === undefined ? {} : { abortSignal: signal });
}

/** Looks after a failed write whether it was done all the same: then it counts, or is taken back when it was given up. */
export async function isSettledWell(
  store: Store,
  { sent, error, signal }: { readonly sent: Sent; readonly error: unknown; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  if (signal?.aborted === true) {
    await takeBack(store, sent);
    return false;
  }
  const name = nameOf(error);
  const answerLost = name === 'PreconditionFailed' || name === 'NoSuchUpload' ? attemptsOf(error) > 1 : isUnclear(name);
  return answerLost && (await isStored(store, sent).catch(() => false));
}

/** Failures after which nobody knows whether the store has done what it was asked. */
function isUnclear(name: string): boolean {
  return ['TimeoutError', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE', 'InternalError', 'RequestTimeout'].includes(name);
}

function gaveUpCondition(store: Store, error: unknown): boolean {
  if (!store.abilities.conditionalPut || nameOf(error) !== 'NotImplemented') return false;
  store.abilities.conditionalPut = false;
  return true;
}
