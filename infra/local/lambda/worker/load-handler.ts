import { pathToFileURL } from 'node:url';
import { RuntimeError } from './runtime-error';

/** A function's entry point. */
export type Handler = (event: unknown, context: unknown) => unknown;

/**
 * Loads the handler of an execution environment, with the errors of AWS's Node.js runtime.
 *
 * @throws {RuntimeError} when the file does not parse, lacks a module it imports, or does not export an async handler.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export async function loadHandler(file: string, handler: string): Promise<Handler> {
  const exportName = handler.slice(handler.lastIndexOf('.') + 1);
  const found = findExport(await importFile(file), exportName);
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (found.length >= 3) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback; nodejs24.x runs handlers of the form async (event, context) only`,
    );
  }
  return found as Handler;
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error));
    }
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    throw error;
  }
}

/** A CommonJS file may hide its exports from static analysis; all of them are on `default`. */
function findExport(module: Record<string, unknown>, name: string): unknown {
  return module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
}
