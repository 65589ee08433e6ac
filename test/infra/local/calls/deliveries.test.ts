import { AwsError } from '../../../../infra/local/aws-error';
import { openDeliveries } from '../../../../infra/local/calls/deliveries';
import type { Call } from '../../../../infra/local/calls/gate';
import { systemClock } from '../../../../infra/local/clock';
import type { Access } from '../../../../infra/local/iam/access';
import { PARENT, recordSpans, TRACE_HEADER, TRACE_ID } from '../recorded-spans';

const ACCOUNT = '000000000000';
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;

/** Deliveries with what passed the gate and what was reached. */
function someDeliveries() {
  const { spans, beginSpan } = recordSpans(systemClock);
  const calls: Call[] = [];
  const reached: unknown[][] = [];
  const assumed: unknown[] = [];
  const reach =
    (name: string) =>
    async (...given: unknown[]) =>
      void reached.push([name, ...given]);
  const deliver = openDeliveries({
    accountId: ACCOUNT,
    beginSpan,
    access: {
      assume: (service: { sourceArn: string }, roleArn: string, sessionName: string) => {
        assumed.push(service.sourceArn);
        return { kind: 'role', roleArn, sessionName };
      },
    } as Partial<Access> as Access,
    gate: {
      pass: (call, run) => {
        calls.push(call);
        return run();
      },
    },
    targets: () => ({
      invokeFunction: reach('invoke'),
      sendMessage: reach('send'),
      startExecution: reach('start'),
      putEvent: reach('put'),
    }),
  });
  return { deliver, calls, reached, assumed, spans };
}

const RULE = { service: 'events', arn: arn('events', 'rule/r') };

describe('a delivery', () => {
  it.each([
    [arn('lambda', 'function:f'), 'lambda:InvokeFunction', 'invoke', undefined],
    [arn('sqs', 'q'), 'sqs:SendMessage', 'send', { part: 'sqs', name: 'q' }],
    [arn('states', 'stateMachine:m'), 'states:StartExecution', 'start', { part: 'states', name: 'm' }],
    [arn('events', 'event-bus/b'), 'events:PutEvents', 'put', { part: 'events', name: 'b' }],
  ])('to %s needs %s', async (targetArn, action, name, target) => {
    const { deliver, calls, reached } = someDeliveries();

    await deliver({ targetArn, payload: '{}', source: RULE });

    expect(calls).toMatchObject([{ needs: [{ action, resource: targetArn }], ...(target && { target }) }]);
    expect(reached[0]?.slice(0, 3)).toEqual([name, targetArn, '{}']);
  });

  it.each([
    ['lambda', 'function:f', 'f'],
    ['sqs', 'q', 'q'],
    ['states', 'stateMachine:m', 'm'],
    ['events', 'event-bus/b', 'b'],
  ])('within a trace is a span of it, and gives %s the header as it came', async (service, target, name) => {
    const { deliver, reached, spans } = someDeliveries();

    await deliver({ targetArn: arn(service, target), payload: '{}', source: RULE, traceHeader: TRACE_HEADER });

    expect(reached[0]?.at(-1)).toEqual({ traceHeader: TRACE_HEADER });
    expect(spans).toMatchObject([
      { name: `r → ${name}`, service: 'event-bridge', kind: 'producer', traceId: TRACE_ID, parentId: PARENT },
    ]);
  });

  it('of no trace begins none', async () => {
    const { deliver, reached, spans } = someDeliveries();

    await deliver({ targetArn: arn('sqs', 'q'), payload: '{}', source: RULE });

    expect(reached[0]?.at(-1)).toEqual({});
    expect(spans).toEqual([]);
  });

  it('is made by the service itself when no role is named', async () => {
    const { deliver, calls } = someDeliveries();

    await deliver({ targetArn: arn('sqs', 'q'), payload: '', source: RULE });

    expect(calls[0]?.principal).toEqual({
      kind: 'service',
      service: 'events',
      sourceArn: RULE.arn,
      sourceAccount: ACCOUNT,
    });
  });

  it('is made as the role that is named, which a schedule assumes as its group', async () => {
    const { deliver, calls, assumed } = someDeliveries();
    const roleArn = 'arn:aws:iam::000000000000:role/r';
    const source = { service: 'scheduler', arn: arn('scheduler', 'schedule/default/tick'), roleArn };

    await deliver({ targetArn: arn('sqs', 'q'), payload: '', source });

    expect(calls[0]?.principal).toMatchObject({ kind: 'role', roleArn });
    expect(assumed).toEqual([arn('scheduler', 'schedule-group/default')]);
  });

  it('to anything else is refused', async () => {
    const { deliver } = someDeliveries();
    const sent = deliver({ targetArn: 'arn:aws:sns:us-east-1:000000000000:t', payload: '', source: RULE });

    await expect(sent).rejects.toThrow(AwsError);
    await expect(sent).rejects.toThrow(/lambda, sqs, states, events, got arn:aws:sns/);
  });
});
