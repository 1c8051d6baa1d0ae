import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** How many records' times one probe reads, and how many folders that are not runs it looks into. */
const MOST_RECORDS = 2_000;
const MOST_FOLDERS = 1_000;
const AT_ONCE = 16;
/**
 * Timestamps of some file systems have a resolution of two seconds: a change made now may carry a time this long ago.
 */
const TICK_MILLISECONDS = 2_000;

/**
 * Notices that some run.json was created, changed or removed, without reading any: for disks on which file watching
 * does not work (network shares), and for events that a watcher lost. Also notices created and removed files in folders
 * that are not runs, where other programs write logs that nothing watches. The work per probe is bounded; what exceeds
 * it is done by the following probes.
 */
export class ChangeProbe {
  private names: string | undefined;
  private readonly records = new Turns(MOST_RECORDS, async (location) => [await changeTime(recordIn(location))]);
  private readonly others = new Turns(MOST_FOLDERS, timesWithin);
  private looking = false;

  /**
   * Whether anything differs from the last probe. The first probe reports no change, nor does one that is requested
   * while another is in progress.
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

/** Goes through a list in parts, so that every entry is checked within a few calls. */
class Turns {
  private known = new Map<string, Known>();
  /** The last entry that was checked. */
  private last = '';

  /**
   * @param most maximum number of times that one call reads
   * @param read the times by which a change of one shows
   */
  constructor(
    private readonly most: number,
    private readonly read: (location: string) => Promise<number[]>,
  ) {}

  /** The time read last; undefined before the first check. */
  timesOf(location: string): readonly number[] | undefined {
    return this.known.get(location)?.times;
  }

  /**
   * Whether one of the entries checked by this call has changed since its last check.
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

/** An entry that waited for its first check counts as changed if it changed while it waited. */
function differs({ since, times: before }: Known, times: readonly number[], now: number): boolean {
  if (before === undefined) return since < now && times.some((time) => time > since - TICK_MILLISECONDS);
  return before.join() !== times.join();
}

async function list(folder: string): Promise<{ location: string; isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({ location: path.join(folder, entry.name), isFolder: entry.isDirectory() }));
}

/** A folder's time covers creation and removal of files; their growth is tracked by the views that show them. */
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
