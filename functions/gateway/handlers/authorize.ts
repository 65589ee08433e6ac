import middy from '@middy/core';
import type { APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { JWTVerifyGetKey } from 'jose';
import { type Clock, systemClock } from '../../../lib/clock';
import { requireEnv } from '../../../lib/env';
import { log } from '../../../lib/observability/log';
import { ENV } from '../../../lib/service/names';
import { services } from '../../services';
import { toPolicy } from '../access';
import { remoteKeys, TokenInvalidError, type TokenRules, verifyToken } from '../verify-token';

/**
 * Decides for the gateway which routes the bearer of a token may use. A token that proves nothing is answered 401, which
 * API Gateway asks for by an error with the message `Unauthorized`; anything else that goes wrong is a 500 and no answer.
 */
export const authorize =
  (rules: TokenRules, keys: JWTVerifyGetKey, clock: Clock) =>
  async ({
    authorizationToken,
    methodArn,
  }: Pick<APIGatewayTokenAuthorizerEvent, 'authorizationToken' | 'methodArn'>) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorizationToken)?.[1];
    try {
      if (token === undefined) throw new TokenInvalidError('there is no bearer token');
      return toPolicy(await verifyToken(token, rules, keys, clock.now()), methodArn, services);
    } catch (error) {
      if (!(error instanceof TokenInvalidError)) throw error;
      log('info', 'token refused', { code: error.message });
      throw new Error('Unauthorized');
    }
  };

const issuer = requireEnv(ENV.tokenIssuer);
const audiences = requireEnv(ENV.tokenAudience).split(',');
export const handler = middy(authorize({ issuer, audiences }, remoteKeys(issuer), systemClock), {
  timeoutEarlyInMillis: 0,
});
