import '../../../support/environment';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { getOpenApi, handler } from '../../../../functions/gateway/handlers/get-openapi';
import { services } from '../../../../functions/services';
import { toGatewayBody } from '../../../../infra/stacks/gateway-body';
import { toOpenApi } from '../../../../lib/service/openapi';
import { anApiEvent } from '../../../lib/an-api-event';

/** Of a document what the gateway decides by: routes, parameters, scopes, statuses; not what only AWS or only people read. */
function decisive(document: unknown): unknown {
  const schemas = ['requestBody', 'content', 'schemas'];
  return JSON.parse(
    JSON.stringify(document, (name, member) =>
      name.startsWith('x-amazon-') || schemas.includes(name) ? undefined : member,
    ),
  );
}

describe('the served OpenAPI document', () => {
  it('is the document of all services', async () => {
    const { status, body } = await getOpenApi();

    expect(status).toBe(200);
    expect(JSON.parse(String(body))).toEqual(toOpenApi(services));
  });

  it('says of routes, parameters, scopes and statuses what the gateway is made from', async () => {
    const gatewayBody = toGatewayBody(services, { uri: (...names) => names.join('/'), authorizerUri: 'authorizer' });

    const { body } = await getOpenApi();

    expect(JSON.stringify(gatewayBody)).toContain('x-amazon-apigateway-integration');
    expect(decisive(JSON.parse(String(body)))).toEqual(decisive(gatewayBody));
  });

  it('is answered to everybody as JSON', async () => {
    const event = anApiEvent({ resource: '/openapi.json' });

    const result = (await handler(event, { awsRequestId: 'r' } as Context)) as APIGatewayProxyResult;

    expect(result.statusCode).toBe(200);
    expect(result.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(result.body).openapi).toBe('3.0.1');
  });
});
