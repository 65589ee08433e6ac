import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';

const Health = v.strictObject({
  status: v.picklist(['HEALTHY', 'UNHEALTHY']),
  services: v.array(v.strictObject({ name: v.string(), status: v.picklist(['HEALTHY', 'UNHEALTHY']) })),
  /** Absent while nobody can tell. */
  circuits: v.optional(
    v.array(v.strictObject({ name: v.string(), state: v.picklist(['CLOSED', 'OPEN', 'HALF_OPEN']) })),
  ),
});

export const gateway = defineService({
  name: 'gateway',
  version: '1.0.0',
  summary: 'Guards the API: who may call what, how the services are, what the API offers.',
  handlers: {
    authorize: { trigger: { kind: 'authorizer' }, timeoutSeconds: 10, tokens: true },
    'get-health': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/health',
            operationId: 'getHealth',
            summary: 'How the services are, and which circuits are open; an open one alone makes nothing unhealthy',
            scope: null,
            answers: {
              200: { description: 'Every service is healthy', body: Health },
              503: { description: 'At least one service is not', body: Health },
            },
          },
        ],
      },
      timeoutSeconds: 10,
      calls: [
        'orders/health',
        'inventory/health',
        'payments/health',
        'shipping/health',
        'tasks/health',
        'notifications/health',
        'circuits/health',
        'circuits/list-states',
      ],
    },
    'get-openapi': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/openapi.json',
            operationId: 'getOpenApi',
            summary: 'This document',
            scope: null,
            answers: { 200: { description: 'The OpenAPI document of this API', body: v.looseObject({}) } },
          },
        ],
      },
      timeoutSeconds: 10,
    },
  },
});
