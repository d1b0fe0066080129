/** A media type or media range with its parameters, names in lower case, quotes taken off. @see RFC 9110 8.3.1 */
export interface MediaType {
  /** `type/subtype` in lower case; `*` where a range says so. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const nameForm = /^[!#$%&'*+\-.^\w`|~]+\/[!#$%&'*+\-.^\w`|~]+$/;
const tokenForm = /^[!#$%&'*+\-.^\w`|~]+$/;

/** One parameter, and where the `;` behind it stands, or the end of the text. */
interface Parameter {
  /** In lower case; empty where two `;` follow each other. */
  readonly key: string;
  readonly value: string;
  readonly end: number;
}

/**
 * Reads one media type, each character once; undefined when it is none. A value may stand without quotes whatever letters it
 * has, as in `type=application/dicom`, which OHIF and others send. Of a parameter that comes twice the first counts.
 * @see RFC 9110 5.6.6
 */
export function parseMediaType(text: string): MediaType | undefined {
  let at = nextSemicolon(text, 0);
  const name = text.slice(0, at).trim().toLowerCase();
  if (!nameForm.test(name)) return undefined;
  const parameters = new Map<string, string>();
  while (at < text.length) {
    const parameter = readParameter(text, at + 1);
    if (parameter === undefined) return undefined;
    const { key, value, end } = parameter;
    if (key !== '' && !parameters.has(key)) parameters.set(key, value);
    at = end;
  }
  return { name, parameters };
}

/** Cuts a list at its commas, but not at those within quotes; a quote that nothing closes is a letter. @see RFC 9110 5.6.1 */
export function splitList(text: string): string[] {
  const entries: string[] = [];
  let start = 0;
  let mayQuote = true;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ',') {
      entries.push(text.slice(start, at).trim());
      start = at + 1;
    } else if (text[at] === '"' && mayQuote) {
      const closing = closingQuote(text, at);
      if (closing === undefined) mayQuote = false;
      else at = closing;
    }
  }
  entries.push(text.slice(start).trim());
  return entries.filter((entry) => entry !== '');
}

function nextSemicolon(text: string, from: number): number {
  const at = text.indexOf(';', from);
  return at < 0 ? text.length : at;
}

/** Finds the quote that closes the one at `opening`. @see RFC 9110 5.6.4 */
function closingQuote(text: string, opening: number): number | undefined {
  for (let at = opening + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  return undefined;
}

/** Reads the parameter behind a `;`; undefined when it is none. */
function readParameter(text: string, start: number): Parameter | undefined {
  const end = nextSemicolon(text, start);
  const whole = text.slice(start, end);
  if (whole.trim() === '') return { key: '', value: '', end };
  const equals = whole.indexOf('=');
  const key = whole.slice(0, equals).trim().toLowerCase();
  if (equals < 0 || !tokenForm.test(key)) return undefined;
  const value = whole.slice(equals + 1).trim();
  if (!value.startsWith('"')) return { key, value, end };
  return readQuoted(text, { key, opening: text.indexOf('"', start) });
}

function readQuoted(text: string, { key, opening }: { key: string; opening: number }): Parameter | undefined {
  const closing = closingQuote(text, opening);
  if (closing === undefined) return undefined;
  const end = nextSemicolon(text, closing);
  if (text.slice(closing + 1, end).trim() !== '') return undefined;
  return { key, value: text.slice(opening + 1, closing).replace(/\\(.)/g, '$1'), end };
}
