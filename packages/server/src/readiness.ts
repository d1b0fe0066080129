/** Whether requests should be sent here: `GET /readyz`. */
export class Readiness {
  #listening = false;
  readonly #stop = new AbortController();
  #catalogFailed = false;

  /** True between {@link started} and {@link stopping}, unless the catalog was found damaged or takes nothing any more. */
  get isReady(): boolean {
    return this.#listening && !this.isStopping && !this.#catalogFailed;
  }

  get isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Aborted by {@link stopping}: for work that need not be done to its end. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  started(): void {
    this.#listening = true;
  }

  stopping(): void {
    this.#stop.abort();
  }

  catalogFailed(): void {
    this.#catalogFailed = true;
  }
}
