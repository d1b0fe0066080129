import type { Right } from '@bucky/ledger';
import { remove } from './delete.js';
import type { Exchange } from './exchange.js';
import { searchAt } from './qido.js';
import { sendRendered } from './rendered.js';
import { store } from './stow.js';
import { sendBulkData, sendFrames, sendMetadata } from './wado.js';
import { sendInstance } from './wado-instances.js';
import { sendByUri } from './wado-uri.js';
import { sendInstancesOrZip } from './zip.js';

/** One route: what is asked, the right it needs, and who answers. A GET is answered to HEAD as well. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the root, in Express's form. */
  readonly path: string;
  readonly right: Right;
  readonly handle: (exchange: Exchange) => Promise<void>;
}

const study = '/studies/:study';
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;

/** The table of routes. @see PS3.18 9, 10.4, 10.5, 10.6 */
export const routes: readonly Route[] = [
  { method: 'POST', path: '/studies', right: 'store', handle: store },
  { method: 'POST', path: study, right: 'store', handle: store },

  { method: 'GET', path: '/studies', right: 'search', handle: searchAt('study') },
  { method: 'GET', path: '/series', right: 'search', handle: searchAt('series') },
  { method: 'GET', path: '/instances', right: 'search', handle: searchAt('instance') },
  { method: 'GET', path: `${study}/series`, right: 'search', handle: searchAt('series') },
  { method: 'GET', path: `${study}/instances`, right: 'search', handle: searchAt('instance') },
  { method: 'GET', path: `${series}/instances`, right: 'search', handle: searchAt('instance') },

  { method: 'GET', path: study, right: 'retrieve', handle: sendInstancesOrZip },
  { method: 'GET', path: series, right: 'retrieve', handle: sendInstancesOrZip },
  { method: 'GET', path: instance, right: 'retrieve', handle: sendInstance },
  { method: 'GET', path: `${study}/metadata`, right: 'retrieve', handle: sendMetadata },
  { method: 'GET', path: `${series}/metadata`, right: 'retrieve', handle: sendMetadata },
  { method: 'GET', path: `${instance}/metadata`, right: 'retrieve', handle: sendMetadata },
  { method: 'GET', path: `${instance}/frames/:frames`, right: 'retrieve', handle: sendFrames },
  { method: 'GET', path: `${instance}/bulkdata/*path`, right: 'retrieve', handle: sendBulkData },
  { method: 'GET', path: `${instance}/rendered`, right: 'retrieve', handle: sendRendered },
  { method: 'GET', path: '/wado', right: 'retrieve', handle: sendByUri },

  { method: 'DELETE', path: study, right: 'delete', handle: remove },
  { method: 'DELETE', path: series, right: 'delete', handle: remove },
  { method: 'DELETE', path: instance, right: 'delete', handle: remove },
];
