import '../../support/environment';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../../../lib/table/dynamodb-table';
import { isAtOneOf, moveStatus, statesBefore } from '../../../lib/table/dynamodb-transition';
import { mockTable, refusedBy } from '../../support/mock-table';

interface Lamp {
  readonly status: 'ON' | 'OFF' | 'BROKEN';
  readonly watts: number;
}

const EDGES = { ON: ['OFF', 'BROKEN'], OFF: ['ON'], BROKEN: ['OFF'] } as const;
const MOVE = { key: { lampId: 'l-1' }, to: 'OFF', edges: EDGES, now: Date.UTC(2026, 0, 1) } as const;

describe('moving a status', () => {
  const dynamodb = mockTable();

  beforeEach(() => dynamodb.reset());

  it('is one write, on the condition that the status is where an edge begins', async () => {
    dynamodb.on(UpdateCommand).resolves({});

    const conflict = await moveStatus<Lamp>(openTable(), MOVE);

    expect(conflict).toBeUndefined();
    expect(dynamodb.inputs()).toMatchObject([
      {
        Key: { lampId: 'l-1' },
        UpdateExpression: 'SET #status = :to, updatedAt = :now',
        ConditionExpression: '#status IN (:from0, :from1)',
        ExpressionAttributeValues: {
          ':to': 'OFF',
          ':from0': 'ON',
          ':from1': 'BROKEN',
          ':now': '2026-01-01T00:00:00.000Z',
        },
      },
    ]);
  });

  it('sets, removes and asks for more when it is told to', async () => {
    dynamodb.on(UpdateCommand).resolves({});

    await moveStatus<Lamp>(openTable(), {
      ...MOVE,
      set: { watts: 0 },
      remove: ['bulb', 'owner'],
      condition: 'watts < :max',
    });

    expect(dynamodb.inputs()).toMatchObject([
      {
        UpdateExpression: 'SET #status = :to, updatedAt = :now, #watts = :watts REMOVE #bulb, #owner',
        ExpressionAttributeNames: { '#status': 'status', '#watts': 'watts', '#bulb': 'bulb', '#owner': 'owner' },
        ConditionExpression: '#status IN (:from0, :from1) AND watts < :max',
        ExpressionAttributeValues: { ':watts': 0 },
      },
    ]);
  });

  it('writes the events that it brings about with it', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    const entry = { type: 'lamp.off', version: 1, occurredAt: 'now', correlationId: 'c', causationId: 'd', data: {} };

    await moveStatus<Lamp>(openTable(), { ...MOVE, set: { watts: 0 }, remove: ['bulb'], emit: [entry] });

    expect(dynamodb.inputs()).toMatchObject([
      {
        UpdateExpression:
          'SET #status = :to, updatedAt = :now, #watts = :watts, #_out = :_out, ' +
          '#_outSeq = if_not_exists(#_outSeq, :_noEvents) + :_eventCount REMOVE #bulb',
        ExpressionAttributeNames: { '#_out': '_out', '#_outSeq': '_outSeq' },
        ExpressionAttributeValues: { ':_out': [entry], ':_noEvents': 0, ':_eventCount': 1 },
      },
    ]);
  });

  it('answers the item that is somewhere else, without a second read', async () => {
    dynamodb.on(UpdateCommand).rejects(refusedBy({ status: 'OFF', watts: 7 }));

    expect(await moveStatus<Lamp>(openTable(), MOVE)).toEqual({ status: 'OFF', watts: 7 });
    expect(dynamodb.inputs()).toHaveLength(1);
  });

  it('throws on what is not a conflict', async () => {
    dynamodb.on(UpdateCommand).rejects(new Error('no connection'));

    await expect(moveStatus<Lamp>(openTable(), MOVE)).rejects.toThrow('no connection');
  });
});

describe('the condition of several states', () => {
  it('names each', () => {
    expect(isAtOneOf(['A', 'B'])).toEqual({
      condition: '#status IN (:from0, :from1)',
      values: { ':from0': 'A', ':from1': 'B' },
    });
  });
});

describe('the states before another', () => {
  it('are those with an edge to it', () => {
    expect(statesBefore(EDGES, 'OFF')).toEqual(['ON', 'BROKEN']);
    expect(statesBefore(EDGES, 'BROKEN')).toEqual(['ON']);
  });
});
