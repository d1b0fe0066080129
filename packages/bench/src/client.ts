import { Agent, request, type ClientRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What one request carries. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent one after another; a block may be the same as another. */
  readonly body?: Iterable<Buffer>;
  /** Keeps the answer's bytes: otherwise they are only counted. */
  readonly keep?: boolean;
}

/** What came back. */
export interface Got {
  readonly status: number;
  readonly bytes: number;
  readonly body: Buffer;
}

/** Asks over a fixed number of connections that stay open. */
export class Client {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Asks once. Rejects for a status of 400 and more, with the beginning of its text. */
  async ask(url: string, asked: Asked = {}): Promise<Got> {
    const blocks = asked.body === undefined ? [] : [...asked.body];
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    const sized = asked.body === undefined ? {} : { 'Content-Length': String(length) };
    const outgoing = request(url, {
      method: asked.method ?? 'GET',
      agent: this.#agent,
      headers: { ...sized, ...asked.headers },
    });
    const answer = this.#receive(outgoing, asked.keep === true);
    // An answer that comes before the end of the body counts: what is left of the body is not waited for.
    const [got] = await Promise.all([answer, Promise.race([send(outgoing, blocks), answer])]);
    if (got.status < 400) return got;
    throw new Error(
      `${asked.method ?? 'GET'} ${url} was answered with ${got.status}: ${got.body.toString().slice(0, 300)}`,
    );
  }

  close(): void {
    this.#agent.destroy();
  }

  #receive(outgoing: ClientRequest, keep: boolean): Promise<Got> {
    return new Promise((resolve, reject) => {
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        const status = incoming.statusCode!;
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (keep || status >= 400) chunks.push(chunk);
        });
        incoming.once('error', reject);
        incoming.once('end', () => {
          resolve({ status, bytes, body: Buffer.concat(chunks) });
        });
      });
    });
  }
}

async function send(outgoing: ClientRequest, blocks: readonly Buffer[]): Promise<void> {
  await pipeline(Readable.from(blocks), outgoing);
}
