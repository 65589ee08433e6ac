/** The local cloud: runs a synthesized cloud assembly on this computer, as AWS would after `cdk deploy`. */
import { openApiServer } from './api-gateway/api-server';
import { openMappingCalls } from './calls/mapping-calls';
import type { Clock } from './clock';
import { loadAssembly } from './cloud-assembly/cloud-assembly';
import { openEndpoint } from './endpoint/endpoint';
import type { Grant } from './iam/access';
import type { LogLine } from './lambda/lambda';
import { provision } from './provisioning';
import { startMappings } from './resources/event-source-mappings';
import { resourceTypes } from './resources/resource-types';
import { openRooms } from './rooms';
import { toApiRoutes, toEndpointHandlers } from './serving';
import { openStorage } from './storage/open-storage';
import type { Use } from './usage';

const HOST = '127.0.0.1';
const PLACE = { region: 'us-east-1', accountId: '000000000000' };

export interface LocalCloudOptions {
  /** The cloud assembly, `cdk.out`. */
  readonly assemblyDirectory: string;
  /** Where state is kept; in memory only when absent. */
  readonly dataDirectory?: string;
  /** Forget what the data directory holds. Default `false`. */
  readonly fresh?: boolean;
  /** 0 = a free one. */
  readonly port: number;
  /** 0 = a free one. */
  readonly awsPort: number;
  readonly clock: Clock;
  /** Each line that a function logs. */
  readonly onLog?: (line: LogLine) => void;
  /** Each use of a service that AWS would bill. */
  readonly onUse?: (use: Use) => void;
  /** What somebody should know of, in one line: a call that was denied, a fault that struck, an event that was lost. */
  readonly onNotice: (line: string) => void;
  /** What went wrong in the local cloud itself. */
  readonly onError: (error: unknown) => void;
}

export interface LocalCloud {
  readonly apiUrl: string;
  readonly awsUrl: string;
  /** What the policies of the assembly grant, and what of it was used so far. */
  grants(): { granted: Grant[]; used: Grant[] };
  /** Stops taking requests, then closes the rooms and the storage. What is under way goes on at the next start. */
  close(): Promise<void>;
}

/**
 * Starts the local cloud. When anything fails, what was started is closed again.
 *
 * @throws {Error} with a line for each problem that the user can mend: a port, the data directory, the template.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const opened: Array<{ close(): Promise<void> }> = [];
  const close = async () => {
    for (const room of opened.splice(0)) await room.close();
  };
  const keep = <Room extends { close(): Promise<void> }>(room: Room): Room => {
    opened.unshift(room);
    return room;
  };
  try {
    return { ...(await start(options, keep)), close };
  } catch (error) {
    await close();
    throw damageOf(error, options.dataDirectory) ?? error;
  }
}

/** Damage inside of a table's file is met when the file is read, which is after the directory was opened. */
function damageOf(error: unknown, directory: string | undefined): Error | undefined {
  const { message = '' } = error as { message?: string };
  if (directory === undefined || !/^Corruption\b/.test(message)) return undefined;
  const advice = 'start with --fresh to begin anew, or choose another directory with --data';
  return new Error(`data directory ${directory} is damaged (${message}); ${advice}`, { cause: error });
}

async function start(
  options: LocalCloudOptions,
  keep: <Room extends { close(): Promise<void> }>(room: Room) => Room,
): Promise<Omit<LocalCloud, 'close'>> {
  const { clock, onError, fresh, dataDirectory: directory } = options;
  const endpoint = keep(
    await openEndpoint({ port: options.awsPort, portFlag: '--aws-port', clock, onError, home: PLACE }),
  );
  // Opened early to find its port, and closed first: nobody should come in while the rooms close.
  const api = await openApiServer({ port: options.port, host: HOST, portFlag: '--port', onError });
  const addresses = { apiUrl: `http://${HOST}:${api.port}`, awsUrl: `http://${HOST}:${endpoint.port}` };
  try {
    const assembly = loadAssembly(options.assemblyDirectory, PLACE, resourceTypes(addresses));
    const resources = assembly.stacks.flatMap((stack) => stack.resources);
    const storage = keep(await openStorage({ ...(directory !== undefined && { directory }), fresh: fresh ?? false }));
    const all = { ...options, ...addresses, assembly, resources, place: PLACE, storage, keep };
    const rooms = await openRooms(all);
    await provision(assembly, resources, rooms, PLACE.accountId);
    endpoint.attach(toEndpointHandlers(rooms, all));
    api.attach(await toApiRoutes(rooms, all));
    await rooms.stepFunctions.resume();
    await rooms.lambda.resume();
    await rooms.eventBridge.resume();
    await rooms.scheduler.resume();
    const store = storage.keyValue('event-source-mappings');
    const around = openMappingCalls(rooms.gate, rooms.callers);
    const { beginSpan } = rooms.xRay;
    for (const mapping of startMappings(resources, { ...rooms, clock, store, around, beginSpan })) keep(mapping);
    const grants = () => ({ granted: rooms.access.grantedGrants(), used: rooms.access.usedGrants() });
    return { ...addresses, grants };
  } finally {
    keep(api);
  }
}
