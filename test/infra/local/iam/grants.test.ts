import { reportUnused } from '../../../../infra/local/iam/grants';

const send = { role: 'shop/Role', action: 'sqs:SendMessage', resource: 'arn:q' };
const receive = { ...send, action: 'sqs:ReceiveMessage' };
const trace = { role: 'shop/Role', action: 'xray:PutTraceSegments', resource: '*' };

describe('the report of unused grants', () => {
  it('lists what is granted and was not used', () => {
    expect(reportUnused([send, receive], [send], [])).toEqual({ unused: [receive], stale: [] });
    expect(reportUnused([send], [{ ...send, role: 'other/Role' }], []).unused).toEqual([send]);
  });

  it('leaves out what an exception excuses by its patterns', () => {
    const tracing = { action: 'xray:*', reason: 'nothing is traced here' };

    expect(reportUnused([send, trace], [send], [tracing])).toEqual({ unused: [], stale: [] });
    expect(reportUnused([receive, trace], [], [{ ...tracing, role: 'other/*' }]).unused).toEqual([receive, trace]);
    expect(reportUnused([receive], [], [{ resource: 'arn:*', reason: 'x' }]).unused).toEqual([]);
    expect(reportUnused([receive], [], [{ resource: 'arn', reason: 'x' }]).unused).toEqual([receive]);
  });

  it('lists the exceptions that are not needed any more', () => {
    const used = { action: 'sqs:SendMessage', reason: 'was unused once' };
    const gone = { role: 'gone/*', reason: 'was granted once' };

    expect(reportUnused([send], [send], [used, gone])).toEqual({ unused: [], stale: [used, gone] });
  });
});
