/** The least speed a request body must come at. */
export interface FloorRate {
  readonly bytesPerSecond: number;
  /** The speed is an average over this many seconds. */
  readonly overSeconds: number;
}

/** A request body on its way, as the watch sees it. */
export interface WatchedBody {
  /** Bytes that have come in, ever growing. */
  received(): number;
  /** True while the sender cannot be blamed for silence: we have not asked for the body, or not taken what is there. */
  waitsForUs(): boolean;
  isComplete(): boolean;
  /** Ends the request: it came too slowly. */
  cut(): void;
}

interface Window {
  countedMs: number;
  countedBytes: number;
  lastBytes: number;
}

/**
 * Cuts request bodies that come slower than a floor. A total time limit would cut a large upload over a slow line; no limit
 * at all would let a sender hold its share of the budget for ever.
 */
export class FloorRateWatch {
  readonly #floor: FloorRate;
  readonly #bodies = new Map<WatchedBody, Window>();
  #lastTickMs: number | undefined;

  constructor(floor: FloorRate) {
    this.#floor = floor;
  }

  /** Watches a body until it is complete or the returned function is called. */
  watch(body: WatchedBody): () => void {
    this.#bodies.set(body, { countedMs: 0, countedBytes: 0, lastBytes: body.received() });
    return () => {
      this.#bodies.delete(body);
    };
  }

  /** Looks at each body; to be called about once a second. */
  tick(nowMs: number): void {
    const elapsedMs = nowMs - (this.#lastTickMs ?? nowMs);
    this.#lastTickMs = nowMs;
    for (const [body, window] of this.#bodies) {
      if (body.isComplete()) this.#bodies.delete(body);
      else if (this.#isTooSlow(body, window, elapsedMs)) {
        this.#bodies.delete(body);
        body.cut();
      }
    }
  }

  #isTooSlow(body: WatchedBody, window: Window, elapsedMs: number): boolean {
    const received = body.received();
    window.countedBytes += received - window.lastBytes;
    window.lastBytes = received;
    if (body.waitsForUs()) return false;
    window.countedMs += elapsedMs;
    if (window.countedMs < this.#floor.overSeconds * 1000) return false;
    const tooSlow = window.countedBytes * 1000 < this.#floor.bytesPerSecond * window.countedMs;
    window.countedMs = 0;
    window.countedBytes = 0;
    return tooSlow;
  }
}
