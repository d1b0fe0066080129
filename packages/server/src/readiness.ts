/** Whether requests should be sent here: `GET /readyz`. */
export class Readiness {
  #listening = false;
  #stopping = false;
  #catalogFailed = false;

  /** True between {@link started} and {@link stopping}, unless the catalog was found damaged or takes nothing any more. */
  get isReady(): boolean {
    return this.#listening && !this.#stopping && !this.#catalogFailed;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  started(): void {
    this.#listening = true;
  }

  stopping(): void {
    this.#stopping = true;
  }

  catalogFailed(): void {
    this.#catalogFailed = true;
  }
}
