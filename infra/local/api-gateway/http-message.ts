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
export function setHeader(headers: HttpAnswer['headers'], name: string, value: string): void {
  for (const present of Object.keys(headers)) {
    if (present.toLowerCase() === name.toLowerCase()) delete headers[present];
  }
  headers[name] = value;
}

/** The query's parameters, decoded, with every value of each in the order sent. @throws {URIError} when malformed */
export function parseQuery(rawQueryString: string): Record<string, string[]> {
  // URLSearchParams takes what is malformed for text.
  decodeURIComponent(rawQueryString);
  const query = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
}
