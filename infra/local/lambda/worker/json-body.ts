import { format } from 'node:util';

/**
 * What the runtime's JSON format makes of the arguments of a console method, as the text of a JSON object: one argument is the
 * `message` as it is, several are joined to a text, beside which the first error among them is told.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/LogPatch.js (formatJsonMessage)
 */
export function toJsonBody(args: readonly unknown[]): string {
  if (args.length > 1) {
    const error = args.find((argument) => argument instanceof Error);
    return JSON.stringify({ message: format(...args), ...(error && describe(error)) });
  }
  const [message] = args;
  try {
    return JSON.stringify({ message }, (_, value) =>
      value instanceof Error ? { ...describe(value), ...value } : value,
    );
  } catch {
    return JSON.stringify({ message: format(message) });
  }
}

function describe(error: Error) {
  return { errorType: error.constructor.name, errorMessage: error.message, stackTrace: error.stack?.split('\n') };
}
