import '../../../support/environment';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { getOpenApi, handler } from '../../../../functions/gateway/handlers/get-openapi';
import { services } from '../../../../functions/services';
import { toGatewayBody } from '../../../../infra/stacks/gateway-body';
import { toOpenApi } from '../../../../lib/service/openapi';
import { anApiEvent } from '../../../lib/an-api-event';

/** The value without what only API Gateway reads. */
function withoutGatewayParts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member) => (name.startsWith('x-amazon-') ? undefined : member)));
}

describe('the served OpenAPI document', () => {
  it('is the document of all services', async () => {
    const { status, body } = await getOpenApi();

    expect(status).toBe(200);
    expect(JSON.parse(String(body))).toEqual(toOpenApi(services));
  });

  it('is the one that the gateway is made from, without the parts for API Gateway', async () => {
    const gatewayBody = toGatewayBody(services, { uri: (...names) => names.join('/'), authorizerUri: 'authorizer' });

    const { body } = await getOpenApi();

    expect(JSON.stringify(gatewayBody)).toContain('x-amazon-apigateway-integration');
    expect(JSON.parse(String(body))).toEqual(withoutGatewayParts(gatewayBody));
  });

  it('is answered to everybody as JSON', async () => {
    const event = anApiEvent({ resource: '/openapi.json' });

    const result = (await handler(event, { awsRequestId: 'r' } as Context)) as APIGatewayProxyResult;

    expect(result.statusCode).toBe(200);
    expect(result.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(result.body).openapi).toBe('3.0.1');
  });
});
