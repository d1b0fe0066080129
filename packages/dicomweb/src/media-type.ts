/** A media type or media range with its parameters, names in lower case, quotes taken off. @see RFC 9110 8.3.1 */
export interface MediaType {
  /** `type/subtype` in lower case; `*` where a range says so. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const nameForm = /^\s*([!#$%&'*+\-.^\w`|~]+\/[!#$%&'*+\-.^\w`|~]+)\s*(?=;|$)/;
const parameterForm = /;\s*(?:([!#$%&'*+\-.^\w`|~]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*?)))?\s*(?=;|$)/gy;

/**
 * Reads one media type; undefined when it is none. A value may stand without quotes whatever letters it has, as in
 * `type=application/dicom`, which OHIF and others send. Of a parameter that comes twice the first counts.
 */
export function parseMediaType(text: string): MediaType | undefined {
  const [whole, name] = nameForm.exec(text) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  const parameters = new Map<string, string>();
  parameterForm.lastIndex = whole.length;
  let end = whole.length;
  for (let found = parameterForm.exec(text); found !== null; found = parameterForm.exec(text)) {
    const key = found[1]?.toLowerCase();
    const value = found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '';
    if (key !== undefined && !parameters.has(key)) parameters.set(key, value);
    end = parameterForm.lastIndex;
    if (end >= text.length) break;
  }
  return end < text.length ? undefined : { name: name.toLowerCase(), parameters };
}

/** Cuts a list at its commas, but not at those within quotes. @see RFC 9110 5.6.1 */
export function splitList(text: string): string[] {
  const entries = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g) ?? [];
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}
