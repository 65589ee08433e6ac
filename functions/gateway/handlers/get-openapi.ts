import { type HttpAnswer, httpHandler } from '../../../lib/lambda/http-handler';
import { toOpenApi } from '../../../lib/service/openapi';
import { services } from '../../services';
import { gateway } from '../contract';

/** The document that the gateway itself is made from. Written once, at INIT. */
const document = JSON.stringify(toOpenApi(services));

export const getOpenApi = async (): Promise<HttpAnswer> => ({ status: 200, body: document });

export const handler = httpHandler(gateway, 'get-openapi', getOpenApi);
