import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import * as v from 'valibot';
import { LEASE_MS, openLease } from '../../../lib/idempotency/dynamodb-lease';
import { oncePerRequest } from '../../../lib/idempotency/once-per';
import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { defineService } from '../../../lib/service/contract';
import { openRoomTable, type RoomTable } from '../../support/room-table';
import { anApiEvent, type EventParts } from '../an-api-event';

const kettle = defineService({
  name: 'kettle',
  version: '1.0.0',
  summary: 'Boils water.',
  table: { partitionKey: 'id', timeToLive: 'expiresAtSeconds' },
  handlers: {
    boil: {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/v1/kettles/{name}/boil',
            operationId: 'boil',
            summary: 'Boil water',
            scope: null,
            idempotencyKey: true,
            pathParameters: { name: v.string() },
            body: v.strictObject({ degrees: v.number() }),
            answers: { 201: { description: 'Boiling', body: v.looseObject({}) } },
          },
        ],
      },
      timeoutSeconds: 10,
    },
  },
});

describe('a route whose effect is outside', () => {
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable();
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await room.close();
  });

  function post(useCase: () => Promise<HttpAnswer>, parts: EventParts = {}): Promise<APIGatewayProxyResult> {
    const run = openLease(room.table, kettle.table, { clock });
    const event = anApiEvent({
      method: 'POST',
      resource: '/v1/kettles/{name}/boil',
      path: { name: 'big' },
      headers: { 'content-type': 'application/json', 'Idempotency-Key': 'key-1' },
      body: '{"degrees":100}',
      ...parts,
    });
    const handler = httpHandler(kettle, 'boil', oncePerRequest(run, 'boil', useCase));
    return handler(event, { awsRequestId: 'request-1' } as Context) as Promise<APIGatewayProxyResult>;
  }
  const boiling = (id: number) =>
    jest.fn(
      async (): Promise<HttpAnswer> => ({ status: 201, body: { z: id, a: [1.5, 'ü'] }, headers: { location: '/x' } }),
    );

  it('answers a repeat byte for byte, and says that it is one', async () => {
    const useCase = boiling(1);

    const first = await post(useCase);
    const second = await post(useCase);

    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const itsOwn = { 'idempotency-replayed': 'true', 'x-trace-id': expect.any(String) };
    expect(second).toEqual({ ...first, headers: { ...first.headers, ...itsOwn } });
    expect(first.body).toBe('{"z":1,"a":[1.5,"ü"]}');
    expect(useCase).toHaveBeenCalledTimes(1);
  });

  it.each<[string, EventParts, number, string]>([
    ['has no key', { headers: { 'content-type': 'application/json' } }, 400, 'INVALID_REQUEST'],
    ['has another body', { body: '{"degrees":50}' }, 422, 'IDEMPOTENCY_KEY_REUSED'],
    ['names another thing', { path: { name: 'small' } }, 422, 'IDEMPOTENCY_KEY_REUSED'],
  ])('refuses a request that %s', async (_, parts, status, code) => {
    await post(boiling(1));

    const refused = await post(boiling(2), parts);

    expect(refused.statusCode).toBe(status);
    expect(JSON.parse(refused.body)).toMatchObject({ status, code });
  });

  it('takes the same key of another caller for another request', async () => {
    await post(boiling(1));

    expect(JSON.parse((await post(boiling(2), { customerId: 'bob' })).body)).toMatchObject({ z: 2 });
  });

  it('says when to come again while the first request is being worked on', async () => {
    let during: APIGatewayProxyResult | undefined;
    await post(async () => {
      during = await post(boiling(2));
      return { status: 201, body: {} };
    });

    expect(during).toMatchObject({ statusCode: 409, headers: { 'retry-after': String(LEASE_MS / 1000) } });
    expect(JSON.parse(during?.body ?? '')).toMatchObject({ code: 'REQUEST_IN_PROGRESS' });
  });

  it.each([
    ['thrown', () => Promise.reject(new Error('no water')), 500],
    ['answered', async () => ({ status: 503, body: {} }), 503],
  ])('never remembers a 5xx that is %s', async (_, failing, status) => {
    expect((await post(failing)).statusCode).toBe(status);

    expect((await post(boiling(2))).statusCode).toBe(201);
  });
});
