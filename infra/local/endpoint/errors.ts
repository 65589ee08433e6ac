import { AwsError } from '../aws-error';
import type { HttpAnswer } from './protocol';

/** What a client is told about an error that no service meant to send: nothing but that it happened. */
export const internalError = new AwsError(
  'InternalServerError',
  'The local cloud failed to process the request because of an error of its own; its log says more.',
  500,
);

/**
 * An error in AWS JSON. `prefix` stands before the code, separated by `#`, as SDKs expect it.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
 */
export function jsonError(error: AwsError, prefix: string): HttpAnswer {
  return {
    status: error.status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': error.code },
    body: JSON.stringify({ __type: `${prefix}#${error.code}`, message: error.message, ...error.fields }),
  };
}

/**
 * An error of a REST service with JSON bodies.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
 */
export function restError(error: AwsError): HttpAnswer {
  const type = error.status < 500 ? 'User' : 'Service';
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
    body: JSON.stringify({ Type: type, message: error.message, ...error.fields }),
  };
}

/**
 * An error of a service that speaks the Query protocol.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization
 */
export function queryError(error: AwsError, requestId: string): HttpAnswer {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  return {
    status: error.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-errortype': error.code },
    body:
      `<ErrorResponse><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}

/** Text as it may stand in an XML element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
