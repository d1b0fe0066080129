/** Whether requests should be sent here: `GET /readyz`. */
export class Readiness {
  #listening = false;
  #stopping = false;
  #damaged = false;

  /** True between {@link started} and {@link stopping}, unless the catalog was found damaged. */
  get isReady(): boolean {
    return this.#listening && !this.#stopping && !this.#damaged;
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

  catalogDamaged(): void {
    this.#damaged = true;
  }
}
