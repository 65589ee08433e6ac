/** One line of a log. */
export interface LogEvent {
  readonly logStream: string;
  /** When it happened, and when it came in: epoch milliseconds. */
  readonly at: number;
  readonly ingestedAt: number;
  readonly message: string;
  /** Counts all lines of the room, so it puts lines of one millisecond in order and is the event's id. */
  readonly sequence: number;
}

/** A log group with the lines that it still has. */
export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  /** In the order in which they came in. */
  readonly events: readonly LogEvent[];
}

/** The log groups and their lines, in memory; of each group the last `maxLinesPerGroup` are kept. */
export class LogGroups {
  private readonly groups = new Map<string, LogGroup & { readonly events: LogEvent[] }>();
  private sequence = 0;

  constructor(
    private readonly now: () => number,
    private readonly maxLinesPerGroup: number,
  ) {}

  /** Makes a group; one that is there stays as it is. */
  create(name: string): void {
    if (!this.groups.has(name)) this.groups.set(name, { name, createdAt: this.now(), events: [] });
  }

  /** Adds a line; `false` when there is no such group. */
  put(groupName: string, line: { logStream: string; at: number; message: string }): boolean {
    const events = this.groups.get(groupName)?.events;
    if (events === undefined) return false;
    this.sequence += 1;
    events.push({ ...line, ingestedAt: this.now(), sequence: this.sequence });
    if (events.length > this.maxLinesPerGroup) events.shift();
    return true;
  }

  find(name: string): LogGroup | undefined {
    return this.groups.get(name);
  }

  /** Sorted by name. */
  list(): LogGroup[] {
    return [...this.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
