import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** How many records one look reads the time of, and how many folders it looks into that are no runs. */
const MOST_RECORDS = 2_000;
const MOST_FOLDERS = 1_000;
const AT_ONCE = 16;
/** The clock of some file systems ticks every two seconds: what changed now may bear a time this long ago. */
const TICK_MILLISECONDS = 2_000;

/**
 * Notices that some run.json came, changed or went, without reading any: for disks on which file watching does not work
 * (network shares), and changes that a watcher lost. Also that files came or went in folders that are no runs, where
 * other programs write logs that nobody watches. One look takes a bounded amount of work, however much there is: what
 * it has no room for has its turn in the next ones.
 */
export class ChangeProbe {
  private names: string | undefined;
  private readonly records = new Turns(MOST_RECORDS, async (location) => [await changeTime(recordIn(location))]);
  private readonly others = new Turns(MOST_FOLDERS, timesWithin);
  private looking = false;

  /**
   * Whether anything differs from the last look; the first look finds nothing changed, nor does one that is asked for
   * while another one is being taken.
   */
  async changed(folders: readonly string[]): Promise<boolean> {
    if (this.looking) return false;
    this.looking = true;
    try {
      return await this.look(folders);
    } finally {
      this.looking = false;
    }
  }

  private async look(folders: readonly string[]): Promise<boolean> {
    const listed = (await Promise.all(folders.map(list))).flat();
    const locations = listed.map(({ location }) => location).sort();
    const names = locations.join('\0');
    const cameOrWent = this.names !== undefined && names !== this.names;
    this.names = names;
    const records = await this.records.take(locations, 1);
    const isRun = (location: string) => this.records.timesOf(location)?.[0] !== 0;
    const others = listed.flatMap(({ location, isFolder }) => (isFolder && !isRun(location) ? [location] : []));
    const most = others.length === 0 ? 0 : (await import('../../runs/scan')).MOST_FOLDERS_BELOW + 1;
    return (await this.others.take(others.sort(), most)) || records || cameOrWent;
  }
}

interface Known {
  /** When it was listed first; in milliseconds since 1970. */
  readonly since: number;
  times?: readonly number[];
}

/** Looks at a list part by part, so that each of it has its turn within some calls. */
class Turns {
  private known = new Map<string, Known>();
  /** The last one that had its turn. */
  private last = '';

  /**
   * @param most times that one call reads
   * @param read the times by which a change of one shows
   */
  constructor(
    private readonly most: number,
    private readonly read: (location: string) => Promise<number[]>,
  ) {}

  /** What was read last; undefined before the first turn. */
  timesOf(location: string): readonly number[] | undefined {
    return this.known.get(location)?.times;
  }

  /**
   * Whether one of those whose turn it is differs from its last turn.
   *
   * @param locations sorted
   * @param each how many times may have to be read for one
   */
  async take(locations: readonly string[], each: number): Promise<boolean> {
    const now = Date.now();
    this.known = new Map(locations.map((location) => [location, this.known.get(location) ?? { since: now }]));
    const first = Math.max(
      0,
      locations.findIndex((location) => location > this.last),
    );
    let [taken, read, changed] = [0, 0, false];
    const worker = async (): Promise<void> => {
      while (taken < locations.length && read + each <= this.most) {
        const location = (this.last = locations[(first + taken++) % locations.length]!);
        read += each;
        const times = await this.read(location);
        read += times.length - each;
        const known = this.known.get(location)!;
        if (differs(known, times, now)) changed = true;
        known.times = times;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return changed;
  }
}

/** One that waited for its first turn differs where something changed while it did. */
function differs({ since, times: before }: Known, times: readonly number[], now: number): boolean {
  if (before === undefined) return since < now && times.some((time) => time > since - TICK_MILLISECONDS);
  return before.join() !== times.join();
}

async function list(folder: string): Promise<{ location: string; isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({ location: path.join(folder, entry.name), isFolder: entry.isDirectory() }));
}

/** A folder's time tells which files are in it; that they grow is for those who show them. */
async function timesWithin(folder: string): Promise<number[]> {
  const { foldersBelow } = await import('../../runs/scan');
  const times = [await changeTime(folder)];
  for await (const below of foldersBelow(folder)) times.push(await changeTime(below.path));
  return times;
}

function recordIn(location: string): string {
  return path.join(location, 'run.json');
}

function changeTime(location: string): Promise<number> {
  return stat(location).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}
