/** Waits for the first request to stop; a second one ends the process at once, as nothing holds it back then. */
export interface StopSignal {
  readonly asked: Promise<void>;
  readonly signal: AbortSignal;
  forget(): void;
}

/** Listens for SIGINT and SIGTERM until the first comes. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const stop = (): void => {
    forget();
    controller.abort();
  };
  const forget = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const asked = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { asked, signal: controller.signal, forget };
}
