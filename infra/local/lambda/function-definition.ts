import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogPlace } from './function-log';
import type { JsonLogLevels } from './json-log-format';

/** A function as a template describes it. */
export interface FunctionDefinition {
  readonly functionName: string;
  /** Absolute path of the unpacked code; the handler file lies directly in it. */
  readonly codeDirectory: string;
  /** File name without extension, a dot, and the exported name: `index.handler`. */
  readonly handler: string;
  /** 1 to 900. */
  readonly timeoutSeconds: number;
  /** 128 to 10240. Limits the JavaScript heap only. */
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** Such as `nodejs24.x`. The code runs on the Node.js of this computer whatever it says. */
  readonly runtime: string;
  /** Whether an invocation that is of no trace begins one. Default `false`. */
  readonly isTraced?: boolean;
  /** At most so many invocations at once, 0 for none. Default: as many as there is room for. */
  readonly reservedConcurrentExecutions?: number;
  /** The ARN of the queue that gets the events which asynchronous invocations gave up. */
  readonly deadLetterArn?: string;
  /** Default `/aws/lambda/<function>`. */
  readonly logGroupName?: string;
  /** There if the log is in Lambda's JSON format. Default: lines of text, all of them. */
  readonly jsonLogLevels?: JsonLogLevels;
}

/** In the order in which AWS's Node.js runtime looks for the handler's file. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * The absolute path of the file that holds a function's handler.
 *
 * @throws {Error} when the file is missing, or the runtime is not Node.js.
 */
export function getHandlerFile(definition: FunctionDefinition): string {
  const { functionName, codeDirectory, handler, runtime } = definition;
  if (!runtime.startsWith('nodejs')) {
    throw new Error(`function ${functionName}: runtime must be one of nodejs*, got ${runtime}`);
  }
  const baseName = handler.slice(0, Math.max(0, handler.lastIndexOf('.')));
  const file = EXTENSIONS.map((extension) => join(codeDirectory, baseName + extension)).find(existsSync);
  if (baseName === '' || file === undefined) {
    const allowed = EXTENSIONS.map((extension) => baseName + extension).join(', ');
    throw new Error(
      `function ${functionName}: handler ${handler} has no file; looked for ${allowed} in ${codeDirectory}`,
    );
  }
  return file;
}

/** The access key id of a function's role. It is the same in every run, so that it may be compared with recorded calls. */
export function accessKeyIdOf(functionName: string): string {
  const digest = createHash('sha256').update(functionName).digest('hex').toUpperCase();
  return `ASIA${digest.slice(0, 16)}`;
}

/**
 * Everything a function finds in `process.env`: what Lambda sets and what the template says, nothing of this process.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/LogPatch.js (AWS_LAMBDA_LOG_*)
 */
export function environmentVariables(
  definition: FunctionDefinition,
  place: LogPlace & { region: string; awsEndpoint: string; sessionToken: string; xrayDaemonAddress?: string },
): Record<string, string> {
  return {
    ...definition.environment,
    AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: place.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: place.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStreamName,
    AWS_LAMBDA_LOG_FORMAT: definition.jsonLogLevels ? 'JSON' : 'Text',
    ...(definition.jsonLogLevels && { AWS_LAMBDA_LOG_LEVEL: definition.jsonLogLevels.application }),
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    AWS_ACCESS_KEY_ID: accessKeyIdOf(definition.functionName),
    AWS_SECRET_ACCESS_KEY: 'local-secret',
    AWS_SESSION_TOKEN: place.sessionToken,
    AWS_ENDPOINT_URL: place.awsEndpoint,
    ...(place.xrayDaemonAddress !== undefined && { AWS_XRAY_DAEMON_ADDRESS: place.xrayDaemonAddress }),
    // The SDK warns at each start of a Node.js older than its next release will take. Deployed, functions run on a newer one.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    TZ: ':UTC',
  };
}
