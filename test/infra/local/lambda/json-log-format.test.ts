import { type JsonLogLevels, jsonLogFormat } from '../../../../infra/local/lambda/json-log-format';
import type { InvocationReport } from '../../../../infra/local/lambda/log-format';
import type { PrintedLine } from '../../../../infra/local/lambda/protocol';

const MOMENT = { time: '2031-05-06T12:00:00.000Z', requestId: 'r1' };
const ANSWERED: InvocationReport = { durationMs: 12, billedMs: 12, memoryMb: 256, payload: '"é"' };
const failed = (errorType: string, isFatal: boolean, trace?: readonly string[]): InvocationReport => ({
  ...ANSWERED,
  payload: 'the document',
  failure: { error: { errorType, errorMessage: 'why', ...(trace && { trace }) }, isFatal },
});
const TIMED_OUT = failed('Sandbox.Timedout', true);
const format = (levels: Partial<JsonLogLevels>) => jsonLogFormat({ application: 'INFO', system: 'INFO', ...levels });
const end = (report: InvocationReport, levels: Partial<JsonLogLevels>) =>
  format(levels)
    .end(MOMENT, report)
    .map(({ message }) => message);
const platform = (type: string, record: string) =>
  `{"time":"2031-05-06T12:00:00.000Z","type":"platform.${type}","record":{"requestId":"r1",${record}}}`;
const METRICS = '"metrics":{"durationMs":12,"billedDurationMs":12,"memorySizeMB":256}';

describe("Lambda's own lines in JSON", () => {
  it.each([
    ['DEBUG', 1, ['runtimeDone', 'report']],
    ['INFO', 1, ['report']],
    ['WARN', 0, []],
  ] as const)(
    'are at level %s %i at the start, and %j at the end of an invocation that succeeds',
    (system, starts, ends) => {
      const types = end(ANSWERED, { system }).map((message) => JSON.parse(message).type);

      expect(format({ system }).start(MOMENT, '$LATEST')).toHaveLength(starts);
      expect(types).toEqual(ends.map((type) => `platform.${type}`));
    },
  );

  it('tell the start, the end and the costs', () => {
    expect(format({}).start(MOMENT, '7')).toEqual([
      {
        source: 'platform',
        level: undefined,
        text: platform('start', '"version":"7"'),
        message: platform('start', '"version":"7"'),
      },
    ]);
    expect(end(ANSWERED, { system: 'DEBUG' })).toEqual([
      platform('runtimeDone', '"status":"success","metrics":{"durationMs":12,"producedBytes":4}'),
      platform('report', `${METRICS},"status":"success"`),
    ]);
  });

  it('tell how long a new environment took to load', () => {
    const [report = ''] = end({ ...ANSWERED, initMs: 30 }, {});

    expect(JSON.parse(report).record.metrics.initDurationMs).toBe(30);
  });

  it.each([
    ['timed out', TIMED_OUT, '"status":"timeout"'],
    ['crashed', failed('Runtime.OutOfMemory', true), '"status":"error","errorType":"Runtime.OutOfMemory"'],
  ])('are warnings of an invocation that %s, which the runtime did not live to log', (_, report, status) => {
    expect(end(report, { system: 'WARN' })).toEqual([
      platform('runtimeDone', `${status},"metrics":{"durationMs":12,"producedBytes":0}`),
      platform('report', `${METRICS},${status}`),
    ]);
  });

  it('take a handler that threw for a success of the runtime, which logs the error', () => {
    const [error, ...others] = format({ system: 'WARN' }).end(MOMENT, failed('TypeError', false, ['TypeError: why']));

    const head = `{"timestamp":"${MOMENT.time}","level":"ERROR","requestId":"r1","message":`;
    expect(error).toEqual({
      source: 'function',
      level: 'ERROR',
      text: 'the document',
      message: `${head}{"errorType":"TypeError","errorMessage":"why","stackTrace":["TypeError: why"]}}`,
    });
    expect(others).toEqual([]);
  });

  it('follow the error of the runtime when that is what ended the environment', () => {
    const lines = format({ system: 'WARN' }).end(MOMENT, failed('SyntaxError', true, []));

    expect(lines.map(({ source }) => source)).toEqual(['function', 'platform', 'platform']);
  });
});

describe('what a function prints, in JSON', () => {
  const print = (printed: PrintedLine, application: JsonLogLevels['application']) =>
    format({ application }).print(MOMENT, printed);
  const document = (level: unknown, timestamp: unknown) => JSON.stringify({ level, timestamp });

  it('is in a document with time, level and request id when it comes from the console', () => {
    const printed = { level: 'INFO', text: 'on', body: '{"message":"on"}' } as const;

    expect(print(printed, 'INFO')[0]?.message).toBe(
      `{"timestamp":"${MOMENT.time}","level":"INFO","requestId":"r1","message":"on"}`,
    );
    expect(print({ ...printed, body: '{}' }, 'INFO')[0]?.message).toBe(
      `{"timestamp":"${MOMENT.time}","level":"INFO","requestId":"r1"}`,
    );
  });

  it.each(['plain', '{"level":"info","timestamp":"2031-05-06T12:00:00.000Z"}'])('stays %s when it does not', (text) => {
    expect(print({ level: undefined, text }, 'INFO')).toEqual([
      { source: 'function', level: undefined, text, message: text },
    ]);
  });

  it.each([
    ['the console', 'DEBUG', 'INFO', 0],
    ['the console', 'INFO', 'INFO', 1],
    ['the console', 'WARN', 'ERROR', 0],
    ['the console', 'ERROR', 'FATAL', 0],
  ] as const)('comes from %s with level %s at %s %i times', (_, level, least, times) => {
    expect(print({ level, text: '', body: '{}' }, least)).toHaveLength(times);
  });

  it.each([
    ['plain text, which is INFO', 'plain', 'INFO', 1],
    ['plain text, which is INFO', 'plain', 'WARN', 0],
    ['a document of a level below', document('debug', MOMENT.time), 'INFO', 0],
    ['a document of the level', document('Warn', '2031-05-06T14:00:00+02:00'), 'WARN', 1],
    ['a document without a time, which is INFO', document('error', undefined), 'WARN', 0],
    ['a document of an unknown level, which is INFO', document('notice', MOMENT.time), 'DEBUG', 1],
    ['what only begins as a document', '{oh', 'INFO', 1],
  ] as const)('is filtered as %s', (_, text, least, times) => {
    expect(print({ level: undefined, text }, least)).toHaveLength(times);
  });
});
