import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../infra/local/clock';
import {
  type FunctionDefinition,
  type Lambda,
  type LambdaOptions,
  type LogLine,
  openLambda,
} from '../../../../infra/local/lambda/lambda';
import { memoryStore } from '../../../support/memory-store';

/** A function whose code is `source`, written to a directory of its own. */
export function aFunction(
  source: string,
  overrides: Partial<FunctionDefinition> = {},
  fileName = 'index.mjs',
): FunctionDefinition {
  const codeDirectory = mkdtempSync(join(tmpdir(), 'lambda-room-'));
  writeFileSync(join(codeDirectory, fileName), source);
  return {
    functionName: 'f',
    codeDirectory,
    handler: 'index.handler',
    timeoutSeconds: 3,
    memoryMb: 128,
    environment: {},
    roleArn: 'arn:aws:iam::123456789012:role/f',
    runtime: 'nodejs24.x',
    ...overrides,
  };
}

/** A room with the given functions. The test closes it. */
export function aLambda(definitions: FunctionDefinition[], overrides: Partial<LambdaOptions> = {}): Lambda {
  const lambda = openLambda({
    clock: systemClock,
    region: 'eu-central-1',
    accountId: '123456789012',
    awsEndpoint: 'http://127.0.0.1:4566',
    store: memoryStore(),
    deliver: async () => {},
    ...overrides,
  });
  for (const definition of definitions) lambda.createFunction(definition);
  return lambda;
}

/** An `onLog` for `aLambda`, and the promise that a function has printed its first line: it runs. */
export function aFirstLine(): { started: Promise<void>; onLog: (line: LogLine) => void } {
  const { printed, onLog } = aLineCount();
  return { started: printed(1), onLog };
}

/** An `onLog` for `aLambda`, and the promise that functions have printed so many lines. */
export function aLineCount(): { printed(count: number): Promise<void>; onLog: (line: LogLine) => void } {
  let lineCount = 0;
  const waiting: Array<{ count: number; resolve: () => void }> = [];
  const tell = () => {
    for (const { count, resolve } of waiting) if (lineCount >= count) resolve();
  };
  return {
    printed: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        tell();
      }),
    onLog: ({ source }) => {
      if (source === 'function') lineCount += 1;
      tell();
    },
  };
}
