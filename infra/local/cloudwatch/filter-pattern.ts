import { AwsError } from '../aws-error';

/**
 * A filter pattern as a test of messages: terms and quoted phrases, all of which must occur (`-` before one: must not; `?`
 * before all of them: one of them must), or `{ $.path = value }` of a JSON message, with `=` or `!=`.
 *
 * @throws {AwsError} `InvalidParameterException` for what else filter patterns can say.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (/^[[%]/.test(text)) throw unsupported(pattern);
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = '', phrase, word = '']) => ({ sign, term: phrase?.replace(/\\(.)/g, '$1') ?? word }),
  );
  // AWS ignores terms with a question mark beside others.
  const isAny = terms.length > 0 && terms.every(({ sign }) => sign === '?');
  if (isAny) return (message) => terms.some(({ term }) => message.includes(term));
  const others = terms.filter(({ sign }) => sign !== '?');
  return (message) => others.every(({ sign, term }) => message.includes(term) === (sign === ''));
}

function parseJsonPattern(text: string): (message: string) => boolean {
  const match = /^\{\s*\$((?:\.[\w-]+)+)\s*(!?=)\s*(?:"([^"*%]*)"|([\w.-]+))\s*\}$/.exec(text);
  if (match === null) throw unsupported(text);
  const [, path = '', operator, quoted, bare = ''] = match;
  const wanted = quoted ?? bare;
  return (message) => {
    const value = valueAt(message, path.slice(1).split('.'));
    if (value === undefined || typeof value === 'object') return false;
    const isNumber = typeof value === 'number' && quoted === undefined;
    return (isNumber ? value === Number(wanted) : String(value) === wanted) === (operator === '=');
  };
}

function valueAt(message: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], JSON.parse(message));
  } catch {
    return undefined;
  }
}

function unsupported(pattern: string): AwsError {
  const allowed = 'terms, "quoted phrases", each with - or ? before it, and { $.path = "value" } with = or !=';
  return new AwsError('InvalidParameterException', `the local CloudWatch Logs filters by ${allowed}, got ${pattern}`);
}
