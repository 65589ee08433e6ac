/** One HTTP request as the server received it. Nothing is decoded yet. */
export interface HttpRequest {
  method: string;
  /** The path as sent, percent-encoded, without the query. */
  rawPath: string;
  /** What follows the first `?`, percent-encoded; empty when there is none. */
  rawQueryString: string;
  /** Every value of each header, in the order sent. Names keep the spelling of their first appearance. */
  headers: Readonly<Record<string, readonly string[]>>;
  body: Buffer;
  /** The body was larger than the server reads, and `body` has nothing of it. */
  isBodyCut?: boolean;
  sourceIp: string;
}

/** One HTTP answer. A header with several values goes out as several lines. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** The last value of a request header, whatever the spelling of its name; `undefined` when it was not sent. */
export function findHeader(headers: HttpRequest['headers'], name: string): string | undefined {
  return Object.entries(headers)
    .find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1]
    .at(-1);
}

/** Sets an answer's header in place of one whose name differs only in spelling. */
export function setHeader(headers: HttpAnswer['headers'], name: string, value: string | string[]): void {
  for (const present of Object.keys(headers)) {
    if (present.toLowerCase() === name.toLowerCase()) delete headers[present];
  }
  headers[name] = value;
}

/** The query's parameters, decoded, with every value of each in the order sent. @throws {URIError} when malformed */
export function parseQuery(rawQueryString: string): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of rawQueryString.split('&').filter((text) => text !== '')) {
    const at = pair.indexOf('=');
    const name = decodeQueryText(at === -1 ? pair : pair.slice(0, at));
    const value = at === -1 ? '' : decodeQueryText(pair.slice(at + 1));
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries(values);
}

/** Each name with its last value, which is what API Gateway puts into the single-valued maps of an event. */
export function lastValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function decodeQueryText(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
