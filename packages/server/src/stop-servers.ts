import type { Server } from 'node:http';

/** Stops servers: no new connections, requests under way until `timeoutMs` is over, then none. */
export async function stopServers(
  servers: readonly Server[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  const closed = servers.map(
    (server) =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  );
  const closeIdle = (): void => {
    for (const server of servers) server.closeIdleConnections();
  };
  // An answer that had begun before the stop leaves its connection idle when it ends.
  const sweeping = setInterval(closeIdle, 100);
  const timer = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, timeoutMs);
  try {
    closeIdle();
    await Promise.all(closed);
  } finally {
    clearInterval(sweeping);
    clearTimeout(timer);
  }
}
