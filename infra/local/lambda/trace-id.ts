import { randomBytes } from 'node:crypto';

/**
 * The trace id of an invocation: of the trace that `header` names, else of a new one. Nothing here records traces.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function toTraceId(now: number, header = ''): string {
  const [, root = newRoot(now)] = /Root=([^;]+)/.exec(header) ?? [];
  const [, sampled = '0'] = /Sampled=([01])/.exec(header) ?? [];
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled}`;
}

function newRoot(now: number): string {
  return `1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}
