import { randomUUID } from 'node:crypto';
import { hasS3, s3Environment, startS3, type S3Server } from './s3.js';

/** A kind of vault that a test runs on. */
export interface VaultUnderTest {
  readonly name: string;
  /** Variables for one Bucky with an empty vault. */
  open(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

const folder: VaultUnderTest = {
  name: 'folder',
  open: () => Promise.resolve({}),
  close: () => Promise.resolve(),
};

function s3(): VaultUnderTest {
  let server: S3Server | undefined;
  return {
    name: 'S3',
    async open() {
      server ??= await startS3();
      return s3Environment(server, randomUUID());
    },
    async close() {
      await server?.stop();
      server = undefined;
    },
  };
}

/** The vaults that `what` can run on here. */
export function vaultsUnderTest(what: string): readonly VaultUnderTest[] {
  return hasS3(what) ? [folder, s3()] : [folder];
}
