/**
 * The status of each gateway response that is given out here, unless a template says otherwise.
 *
 * `INTEGRATION_FAILURE` is documented as 504, but what API Gateway sends for a failed function is 502 and for a refused
 * invocation 500; whoever throws it says which.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const DEFAULT_STATUS = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: 400,
  DEFAULT_5XX: 500,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
} as const;

export type GatewayResponseType = keyof typeof DEFAULT_STATUS;

/** Types that a template may customize although nothing here gives them out. */
export const UNUSED_TYPES: ReadonlySet<string> = new Set([
  'BAD_REQUEST_BODY',
  'EXPIRED_TOKEN',
  'INVALID_SIGNATURE',
  'RESOURCE_NOT_FOUND',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
]);

/** A request that the gateway itself answers, with the gateway response of this type. */
export class GatewayResponseError extends Error {
  override readonly name = 'GatewayResponseError';
  readonly status: number;

  /**
   * @param clientMessage what `$context.error.message` says; `null` where API Gateway gives no message
   * @param options `status` when it is not the type's own; `log` the line for the execution log, which may say more
   * than the client may know
   */
  constructor(
    readonly responseType: GatewayResponseType,
    readonly clientMessage: string | null,
    readonly options: { status?: number; log?: string } = {},
  ) {
    super(options.log ?? clientMessage ?? responseType);
    this.status = options.status ?? DEFAULT_STATUS[responseType];
  }
}
