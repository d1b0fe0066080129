import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectKey } from '../vault.js';

/** How an S3 vault is opened. */
export interface S3VaultOptions {
  readonly bucket: string;
  /** What every key begins with in the bucket; a `/` is put between. */
  readonly prefix?: string;
  /** URL of a store that is not AWS. */
  readonly endpoint?: string;
  /** Where the bucket lies; else what the AWS variables or profile say, or `us-east-1` at a store that is not AWS. */
  readonly region?: string;
  /** Puts the bucket into the path instead of the host name: most stores that are not AWS want that. */
  readonly pathStyle?: boolean;
  /** Else the AWS variables, profile, or role of the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Connections at most. */
  readonly connections?: number;
}

/** What a store turned out to be able to do: assumed at first, taken back when it says or shows that it cannot. */
export interface Abilities {
  /** Refuses a PUT under a taken key (`If-None-Match: *`). */
  conditionalPut: boolean;
  /** Refuses to complete a multipart upload under a taken key. */
  conditionalComplete: boolean;
  /** Takes the CRC-32 of the whole object for a multipart upload. */
  fullObjectChecksum: boolean;
}

/** A bucket, and how to talk to it. */
export interface Store {
  readonly client: S3Client;
  /** For requests that a store may think about for minutes without a byte. */
  readonly patient: S3Client;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly abilities: Abilities;
}

/** A connection without a byte for so long is dead; one that moves is never cut, however slow. */
const idleTimeoutMs = 60_000;
/** Completing an upload of a terabyte makes some stores copy it. */
const patientTimeoutMs = 15 * 60_000;
const connectTimeoutMs = 5_000;

/** Makes the clients of a bucket; connects to nothing yet. */
export function makeStore(options: S3VaultOptions): Store {
  const { bucket, prefix = '' } = options;
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return {
    client: makeClient(options, idleTimeoutMs),
    patient: makeClient({ ...options, connections: 8 }, patientTimeoutMs),
    bucket,
    prefix: trimmed === '' ? '' : `${trimmed}/`,
    abilities: { conditionalPut: true, conditionalComplete: true, fullObjectChecksum: true },
  };
}

/** Says where in the bucket an object lies. */
export function place(store: Store, key: ObjectKey): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: store.bucket, Key: store.prefix + key };
}

function makeClient(options: S3VaultOptions, socketTimeout: number): S3Client {
  const { endpoint, region, pathStyle = false, credentials, connections = 64 } = options;
  const agent = { keepAlive: true, maxSockets: connections };
  const ownRegion = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ownRegion === undefined ? {} : { region: ownRegion }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    // We send the checksum of bytes at hand as a header, which every store takes; trailers some refuse or keep as part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    retryMode: 'standard',
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout,
      socketAcquisitionWarningTimeout: 2 ** 31 - 1, // Its warning goes to the console.
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
