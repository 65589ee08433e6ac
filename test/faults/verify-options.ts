import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CELLS } from './cells';
import { PROFILES, TRIED } from './matrix';
import type { Profile } from './simulation';

/** What `npm run verify` is asked to do. */
export interface VerifyOptions {
  /** Default 1. */
  readonly seed: number;
  /** How many seeds, from the first. Default 5; without a limit when only `minutes` is given. */
  readonly seeds: number;
  /** Orders of each run. Default 6. */
  readonly orders: number;
  /** Default both. */
  readonly profiles: readonly Profile[];
  /** Default all that are tried. */
  readonly cells: readonly string[];
  /** After so many minutes no new run begins, but the first seed is run whole. Default: no limit. */
  readonly minutes?: number;
  /** Default: one for each core. What is found does not depend on it. */
  readonly processes: number;
  /** Plants defects instead, and looks whether they are found. */
  readonly controls: boolean;
  /** A file to write the report to as JSON. */
  readonly json?: string;
}

const FLAGS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  orders: { type: 'string' },
  profile: { type: 'string' },
  cell: { type: 'string' },
  minutes: { type: 'string' },
  processes: { type: 'string' },
  controls: { type: 'boolean' },
  json: { type: 'string' },
} as const;

const MAX_SEED = 2 ** 31 - 1;

/** The flags of the command line. @throws {Error} with one line that says which is wrong, its value, and what is allowed */
export function parseVerifyOptions(args: readonly string[]): VerifyOptions {
  const flags = readFlags(args);
  const minutes = flags.minutes === undefined ? undefined : numberOf('minutes', flags.minutes, 0.01, 10_000);
  const seed = integerOf('seed', flags.seed ?? '1', 0, MAX_SEED);
  const allSeeds = minutes === undefined ? '5' : String(MAX_SEED - seed + 1);
  return {
    seed,
    seeds: integerOf('seeds', flags.seeds ?? allSeeds, 1, MAX_SEED - seed + 1),
    orders: integerOf('orders', flags.orders ?? '6', 1, 1000),
    profiles: profilesOf(flags.profile),
    cells: cellsOf(flags.cell),
    ...(minutes !== undefined && { minutes }),
    processes: integerOf('processes', flags.processes ?? String(Math.min(availableParallelism(), 64)), 1, 64),
    controls: flags.controls ?? false,
    ...(flags.json !== undefined && { json: flags.json }),
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (error) {
    const reason = (error as Error).message.split(/\.\s/)[0];
    const names = Object.keys(FLAGS).map((name) => `--${name}`);
    throw new Error(`${reason}; the flags are ${names.join(', ')}`);
  }
}

function integerOf(flag: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new Error(`--${flag} must be an integer from ${min} to ${max}, got ${value}`);
  }
  return number;
}

function numberOf(flag: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= min && number <= max)) {
    throw new Error(`--${flag} must be a number from ${min} to ${max}, got ${value}`);
  }
  return number;
}

function profilesOf(value: string | undefined): readonly Profile[] {
  if (value === undefined) return PROFILES;
  const profile = PROFILES.find((each) => each === value);
  if (!profile) throw new Error(`--profile must be ${PROFILES.join(' or ')}, got ${value}`);
  return [profile];
}

function cellsOf(value: string | undefined): readonly string[] {
  if (value === undefined) return TRIED;
  if (TRIED.includes(value)) return [value];
  const notYet = CELLS.find(({ name }) => name === value)?.notYet;
  if (notYet !== undefined) throw new Error(`--cell ${value} is not tried yet: ${notYet}`);
  throw new Error(`--cell must be one of ${TRIED.join(', ')}, got ${value}`);
}
