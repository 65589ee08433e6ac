import { AwsError } from '../aws-error';

/**
 * A filter pattern as a test of messages: terms and quoted phrases, all of which must occur (`-` before one: must not; `?`
 * before all of them: one of them must).
 *
 * @throws {AwsError} `InvalidParameterException` for what else filter patterns can say.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    const allowed = 'terms and "quoted phrases", each with - or ? before it';
    throw new AwsError('InvalidParameterException', `the local cloud filters logs by ${allowed}, got ${pattern}`);
  }
  const terms = [...pattern.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = '', phrase, word = '']) => ({ sign, term: phrase?.replace(/\\(.)/g, '$1') ?? word }),
  );
  // AWS ignores terms with a question mark beside others.
  const others = terms.filter(({ sign }) => sign !== '?');
  if (others.length > 0) {
    return (message) => others.every(({ sign, term }) => message.includes(term) === (sign === ''));
  }
  return (message) => terms.length === 0 || terms.some(({ term }) => message.includes(term));
}
