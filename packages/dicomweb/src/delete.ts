import { deleteTarget } from '@bucky/archive';
import { pathTarget, type Exchange } from './exchange.js';

/**
 * Hides a study, series or instance. The standard leaves DELETE open; 204 is what other archives answer. The header
 * Bucky-Deletion names the deletion, by which it can be undone.
 */
export async function remove(exchange: Exchange): Promise<void> {
  const { archive, scope, res } = exchange;
  const { receipt } = await deleteTarget(archive, pathTarget(exchange), { scope, by: 'dicomweb' });
  res.writeHead(204, { 'Bucky-Deletion': receipt, 'Cache-Control': 'no-store' }).end();
}
