import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { repositoryPath, skipped } from './repository.js';

/** A real S3 server on loopback, with an empty bucket. */
export interface S3Server {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

interface S3Script {
  isS3ServerBuilt(): boolean;
  startS3Server(): Promise<S3Server>;
}

const path = repositoryPath('scripts/s3-server.js');
const script = existsSync(path) ? ((await import(pathToFileURL(path).href)) as S3Script) : undefined;

/** Tells whether an S3 server can be started, and says so when it cannot. */
export function hasS3(what: string): boolean {
  const has = script?.isS3ServerBuilt() === true;
  if (!has) skipped(`${what} on S3`, 'no S3 server is built: node scripts/s3-server.js --build');
  return has;
}

/** Starts the S3 server. */
export async function startS3(): Promise<S3Server> {
  if (script === undefined) throw new Error(`There is no ${path}`);
  return script.startS3Server();
}

/** Variables that make Bucky keep its objects below `prefix` of the server's bucket. */
export function s3Environment(server: S3Server, prefix: string): Record<string, string> {
  const { url, accessKeyId, secretAccessKey } = server;
  const [bucket = '', query = ''] = url.split('?');
  return {
    BUCKY_VAULT: `${bucket}/${prefix}?${query}`,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
