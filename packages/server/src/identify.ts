import type { IncomingMessage } from 'node:http';
import { localIdentity, type Identity } from '@bucky/ledger';

/** Tells who asks. */
export type Identify = (req: IncomingMessage) => Identity;

/** While `BUCKY_AUTH` is `off`, whoever reaches the loopback address or the local socket is the one identity there is. */
export const identifyLocal: Identify = () => localIdentity;
