import type { TensorRow } from '../../../src/protocol/tensors';

/** A line of the table: a tensor, or a group of tensors with a common prefix. */
export interface TreeLine {
  /** The part of the name that its parent lines do not contain. */
  readonly label: string;
  readonly depth: number;
  /** Index of the tensor; absent for a group. */
  readonly index?: number;
  readonly group?: TreeGroup;
}

export interface TreeGroup {
  /** The common prefix, which identifies the group. */
  readonly path: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
}

interface Branch {
  readonly label: string;
  readonly path: string;
  readonly branches: Map<string, Branch>;
  readonly leaves: { readonly label: string; readonly index: number }[];
  tensors: number;
  parameters: number;
  bytes: number;
  /** Sorted by name; computed when first shown, because most groups of a large file never are. */
  entries?: readonly Entry[];
}

/** A member of a group: a tensor or a subgroup. */
interface Entry {
  readonly label: string;
  readonly leaf?: number;
  readonly group?: Branch;
}

/** Minimum size of a group; fewer tensors are listed with their full names. */
const SMALLEST_GROUP = 3;
/** Names of hostile files may have a million parts. */
const DEEPEST = 24;
const natural = new Intl.Collator('en', { numeric: true });

/** The tensors of a file as a tree by the parts of their names ("encoder.mean.kernel", "encoder/mean/kernel"). */
export class TensorTree {
  private readonly root = branch('', '');

  constructor(rows: readonly TensorRow[]) {
    rows.forEach((row, index) => this.add(row, index));
  }

  /** The visible lines, sorted by name. */
  lines(collapsed: ReadonlySet<string>): TreeLine[] {
    const lines: TreeLine[] = [];
    walk(this.root, 0, collapsed, lines);
    return lines;
  }

  /** The indices of all tensors in the order of the lines while nothing is folded. */
  order(): number[] {
    const indices: number[] = [];
    gather(this.root, indices);
    return indices;
  }

  /** The paths of all groups at a depth and below it. */
  groups(from: number): string[] {
    const found: string[] = [];
    const collect = (parent: Branch, depth: number) => {
      for (const child of parent.branches.values()) {
        if (child.tensors < SMALLEST_GROUP) continue;
        if (depth >= from) found.push(folded(child).path);
        collect(folded(child), depth + 1);
      }
    };
    collect(this.root, 0);
    return found;
  }

  /** Adds a tensor; groups around it are sorted again when they are shown. */
  add({ name, elements, bytes }: TensorRow, index: number): void {
    const parts = splitName(name);
    let at = this.root;
    at.entries = undefined;
    let path = '';
    for (const part of parts.slice(0, -1)) {
      path += part;
      const next = at.branches.get(part) ?? branch(part, path);
      at.branches.set(part, next);
      at = next;
      at.entries = undefined;
      at.tensors++;
      at.parameters += elements;
      at.bytes += bytes;
    }
    at.leaves.push({ label: parts.at(-1) ?? '', index });
  }
}

/** In the natural order, part by part: "dense/kernel" comes before "dense_1/kernel", as no mark sorts before a tab. */
export function compareNames(a: string, b: string): number {
  return natural.compare(orderKey(a), orderKey(b));
}

function orderKey(name: string): string {
  return name.replace(/[./]/g, '\t');
}

/** Parts that keep their separators, so that they join to the name again. */
function splitName(name: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < name.length - 1 && parts.length < DEEPEST; at++) {
    const character = name[at];
    if (character !== '.' && character !== '/') continue;
    parts.push(name.slice(from, at + 1));
    from = at + 1;
  }
  return [...parts, name.slice(from)];
}

function branch(label: string, path: string): Branch {
  return { label, path, branches: new Map(), leaves: [], tensors: 0, parameters: 0, bytes: 0 };
}

/** A group with a single subgroup is merged with it. */
function folded(group: Branch): Branch {
  const [only] = group.branches.values();
  if (only === undefined || group.branches.size > 1 || group.leaves.length > 0) return group;
  const inner = folded(only);
  return { ...inner, label: group.label + inner.label };
}

function walk(parent: Branch, depth: number, collapsed: ReadonlySet<string>, lines: TreeLine[]): void {
  parent.entries ??= entriesOf(parent);
  for (const { label, leaf, group } of parent.entries) {
    if (group === undefined) {
      lines.push({ label, depth, index: leaf });
      continue;
    }
    const { path, tensors, parameters, bytes } = group;
    lines.push({ label: label.replace(/[./]$/, ''), depth, group: { path, tensors, parameters, bytes } });
    if (!collapsed.has(path)) walk(group, depth + 1, collapsed, lines);
  }
}

/** Entries of groups that are never shown are not kept: half a million would waste memory. */
function gather(parent: Branch, indices: number[]): void {
  for (const { leaf, group } of parent.entries ?? entriesOf(parent)) {
    if (group !== undefined) gather(group, indices);
    else if (leaf !== undefined) indices.push(leaf);
  }
}

function entriesOf(parent: Branch): Entry[] {
  const entries: Entry[] = parent.leaves.map(({ label, index }) => ({ label, leaf: index }));
  for (const child of parent.branches.values()) {
    if (child.tensors >= SMALLEST_GROUP) {
      const group = folded(child);
      entries.push({ label: group.label, group });
    } else {
      for (const leaf of flat(child)) entries.push({ label: leaf.label, leaf: leaf.index });
    }
  }
  const keyed = entries.map((entry) => ({ entry, key: orderKey(entry.label) }));
  return keyed.sort((a, b) => natural.compare(a.key, b.key)).map(({ entry }) => entry);
}

function flat({ label, leaves, branches }: Branch): { label: string; index: number }[] {
  const inner = [...leaves, ...[...branches.values()].flatMap(flat)];
  return inner.map((leaf) => ({ label: label + leaf.label, index: leaf.index }));
}
