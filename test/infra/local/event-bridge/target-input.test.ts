import type { BusEvent } from '../../../../infra/local/event-bridge/event';
import { parseTargetInput, type TargetInput } from '../../../../infra/local/event-bridge/target-input';

const RULE = { name: 'orders', arn: 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders' };

const EVENT: BusEvent = {
  version: '0',
  id: 'e-1',
  'detail-type': 'Order Confirmed',
  source: 'orders',
  account: '123456789012',
  time: '2031-05-06T12:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:first', 'arn:second'],
  detail: { user: 'u-1', isPaid: true, sum: 12.5, said: 'so "x"', none: null, lines: [{ sku: 'A' }, { sku: 'B' }] },
};

const PATHS = {
  user: '$.detail.user',
  isPaid: '$.detail.isPaid',
  sum: '$.detail.sum',
  said: '$.detail.said',
  lines: '$.detail.lines',
  resources: '$.resources',
  'detail-type': '$.detail-type',
  none: '$.detail.none',
  missing: '$.detail.missing',
};

const make = (input: TargetInput) => parseTargetInput('t', input, RULE)(EVENT, Date.parse('2031-05-06T12:00:07.5Z'));
const fill = (InputTemplate: string) => make({ InputTransformer: { InputPathsMap: PATHS, InputTemplate } });

describe('the input of a target', () => {
  it('is the whole event unless told', () => {
    expect(make({}).payload).toBe(JSON.stringify(EVENT));
  });

  it('is the constant that is given', () => {
    expect(make({ Input: '{"a":1}' }).payload).toBe('{"a":1}');
  });

  it.each([
    ['$', EVENT],
    ['$.detail.user', 'u-1'],
    ['$.detail-type', 'Order Confirmed'],
    ['$.resources[1]', 'arn:second'],
    ['$.detail.lines[0].sku', 'A'],
    ['$.detail.lines[*].sku', ['A', 'B']],
    ['$.detail.lines.*.sku', ['A', 'B']],
    ['$.detail.missing', null],
    ['$.detail.lines.sku', null],
  ])('is what lies at the path %s', (InputPath, value) => {
    expect(JSON.parse(make({ InputPath }).payload)).toEqual(value);
  });

  it.each(['detail', '$detail', '$..user', "$['detail']", '$.detail.lines[-1]', '$.a b'])(
    'refuses the path %s',
    (path) => {
      expect(() => make({ InputPath: path })).toThrow(`InputPath for target t is not valid: path ${path} must be $`);
    },
  );

  it('is one of the three kinds only', () => {
    expect(() => make({ Input: '{}', InputPath: '$' })).toThrow(
      'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
    );
  });
});

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
describe('an input template', () => {
  it.each([
    ['text', '"<user> did <detail-type>"', '"u-1 did Order Confirmed"'],
    ['text that begins like JSON', '"{[/ of <user>"', '"{[/ of u-1"'],
    ['several lines of text', '"<user>"\n"<sum>"', '"u-1"\n"12.5"'],
    ['a boolean in text', '"paid: <isPaid>"', '"paid: true"'],
    ['a list in text, without quotes', '"<resources> of <user>"', '"[arn:first,arn:second] of u-1"'],
    ['an object in text, without quotes', '"<lines>"', '"[{sku:A},{sku:B}]"'],
    ['nothing for what is missing in text', '"<missing>."', '"."'],
    ['quotes that are escaped', '"<user> in \\"<detail-type>\\""', '"u-1 in \\"Order Confirmed\\""'],
    ['a bare value', '<lines>', '[{"sku":"A"},{"sku":"B"}]'],
    ['values in JSON', '{"id" : <user>, "sum": <sum>}', '{"id" : "u-1", "sum": 12.5}'],
    ['values in JSON texts', '{"path": "users/<user>/<user>"}', '{"path": "users/u-1/u-1"}'],
    ['quotes of a value in a JSON text', '{"said": "<said>"}', '{"said": "so \\"x\\""}'],
    [
      'objects in JSON',
      '{"lines": <lines>, "all": [<user>, "x"]}',
      '{"lines": [{"sku":"A"},{"sku":"B"}], "all": ["u-1", "x"]}',
    ],
    ['empty text for what is missing in JSON', '{"m": <missing>, "n": "<missing>"}', '{"m": "", "n": ""}'],
    [
      'the rule',
      '{"arn": <aws.events.rule-arn>, "name": "<aws.events.rule-name>"}',
      `{"arn": "${RULE.arn}", "name": "orders"}`,
    ],
    ['the time of arrival', '"<aws.events.event.ingestion-time>"', '"2031-05-06T12:00:07Z"'],
    ['the event', '{"e": <aws.events.event.json>}', `{"e": ${JSON.stringify(EVENT)}}`],
  ])('gives %s', (_what, template, payload) => {
    expect(fill(template)).toEqual({ payload });
  });

  it('gives the event without its detail, with its type under another name', () => {
    const { payload } = fill('<aws.events.event>');

    const { detail, 'detail-type': detailType, ...head } = EVENT;
    expect(JSON.parse(payload)).toEqual({ ...head, detailType });
  });

  it('gives no valid input when an object stands in a JSON text', () => {
    expect(fill('{"lines": "<lines>"}')).toEqual({
      payload: '{"lines": "[{"sku":"A"},{"sku":"B"}]"}',
      refusal: expect.stringContaining('the transformed input is not valid JSON'),
    });
  });

  it.each([
    ['"<unknown>"', 'InputTemplate for target t contains invalid placeholder unknown.'],
    ['{"a": <user>', 'Invalid InputTemplate for target t'],
  ])('is refused as %s', (template, message) => {
    expect(() => fill(template)).toThrow(message);
  });

  it.each([[{ a: 'id' }, 'InputPathsMap a for target t is not valid']])(
    'is refused with such paths',
    (InputPathsMap, message) => {
      expect(() => make({ InputTransformer: { InputPathsMap, InputTemplate: '"x"' } })).toThrow(message);
    },
  );
});
