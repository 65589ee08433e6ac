import { parseFunctionArn } from './lambda-call';
import { checkMembers, isApiKeyScheme, type OpenApiDocument } from './open-api-document';

/** One Lambda authorizer of type TOKEN, checked and ready to use. */
export interface AuthorizerDefinition {
  /** The name of its security scheme, which serves as its id too. */
  name: string;
  functionArn: string;
  /** Where the token stands. */
  header: string;
  /** 0 = results are not kept. */
  resultTtlSeconds: number;
}

const EXTENSION = 'x-amazon-apigateway-authorizer';
const MEMBERS = ['type', 'authorizerUri', 'authorizerResultTtlInSeconds'];
const DEFAULT_TTL_SECONDS = 300;

/**
 * Every authorizer of the document. A scheme for API keys has none.
 *
 * @throws {Error} when a scheme is not a Lambda authorizer of type token, or uses what is not supported
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
 */
export function readAuthorizers(body: OpenApiDocument): AuthorizerDefinition[] {
  const schemes = Object.entries(body.components?.securitySchemes ?? {});
  return schemes
    .filter(([, scheme]) => !isApiKeyScheme(scheme))
    .map(([name, scheme]) => {
      const where = `security scheme ${name}`;
      checkMembers(scheme, [EXTENSION, 'x-amazon-apigateway-authtype'], where, 'x-amazon-apigateway-');
      const authorizer = scheme[EXTENSION];
      if (authorizer === undefined) throw new Error(`${where}: only schemes with ${EXTENSION} are supported`);
      checkMembers(authorizer, MEMBERS, where);
      if (authorizer.type !== 'token') {
        throw new Error(`${where}: authorizer type must be token, got ${authorizer.type}`);
      }
      return {
        name,
        functionArn: parseFunctionArn(authorizer.authorizerUri, where),
        header: String(scheme.name),
        resultTtlSeconds: Number(authorizer.authorizerResultTtlInSeconds ?? DEFAULT_TTL_SECONDS),
      };
    });
}
