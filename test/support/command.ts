import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assemblyDirectory } from './assembly';

const ROOT = resolve(__dirname, '../..');

/** A command of package.json, run as npm runs it. */
export class Command {
  output = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(script: string, args: readonly string[]) {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [, ...words] = (scripts[script] ?? '').split(' ');
    this.child = spawn(process.execPath, [...words, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data) => {
      this.output += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.output += data;
    });
    this.ended = new Promise((done) => this.child.once('close', done));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the command did not start');
    return this.child.pid;
  }

  /** Waits for a line that matches; fails when the command ends first. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      const ended = await Promise.race([this.ended.then(() => true), new Promise((tick) => setTimeout(tick, 20))]);
      if (ended === true && !pattern.test(this.output)) throw new Error(`ended without ${pattern}: ${this.output}`);
    }
  }

  async ready(): Promise<{ api: string; aws: string }> {
    const [, api = '', aws = ''] = await this.line(/^ready api=(\S+) aws=(\S+)$/m);
    return { api, aws };
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Starts commands, and remembers them so that none outlives its test. */
export function commands() {
  const started: Command[] = [];
  const run = (script: string, ...args: string[]): Command => {
    const command = new Command(script, args);
    started.push(command);
    return command;
  };
  return {
    run,
    /** `npm start` with the synthesized assembly, on free ports. */
    start: (...args: string[]): Command =>
      run('start', '--template', assemblyDirectory('dev'), '--port', '0', '--aws-port', '0', ...args),
    stopAll: () => Promise.all(started.splice(0).map((command) => command.stop('SIGKILL'))),
  };
}
