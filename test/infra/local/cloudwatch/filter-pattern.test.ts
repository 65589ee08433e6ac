import { parseFilterPattern } from '../../../../infra/local/cloudwatch/filter-pattern';

// The examples are those of AWS's page on filter patterns.
const BAD = '[ERROR 400] BAD REQUEST';
const UNAUTHORIZED = '[ERROR 401] UNAUTHORIZED REQUEST';
const ARGUMENTS = '[ERROR 419] MISSING ARGUMENTS';
const INVALID = '[ERROR 420] INVALID ARGUMENTS';
const WARNED = '[WARN] slow';
const JSON_LINE = '{"level":"error","status":500,"order":{"id":"o-1"},"ok":false,"none":null}';

describe('a filter pattern', () => {
  it.each<[pattern: string, matched: string[]]>([
    ['', [BAD, UNAUTHORIZED, ARGUMENTS, INVALID, WARNED, JSON_LINE]],
    ['ERROR', [BAD, UNAUTHORIZED, ARGUMENTS, INVALID]],
    ['error', [JSON_LINE]],
    ['ERROR ARGUMENTS', [ARGUMENTS, INVALID]],
    ['?BAD ?WARN', [BAD, WARNED]],
    ['ERROR -ARGUMENTS', [BAD, UNAUTHORIZED]],
    ['?WARN ERROR', [BAD, UNAUTHORIZED, ARGUMENTS, INVALID]],
    ['"BAD REQUEST"', [BAD]],
    ['-"BAD REQUEST" ERROR', [UNAUTHORIZED, ARGUMENTS, INVALID]],
    ['"REQUEST BAD"', []],
    ['"\\"level\\""', [JSON_LINE]],
  ])('%s takes %j', (pattern, matched) => {
    const matches = parseFilterPattern(pattern);

    expect([BAD, UNAUTHORIZED, ARGUMENTS, INVALID, WARNED, JSON_LINE].filter(matches)).toEqual(matched);
  });

  it.each(['[ip, user]', '%ERR.R%', '{ $.a = "x" }'])('refuses %s by its text', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(`got ${pattern}`);
  });
});
