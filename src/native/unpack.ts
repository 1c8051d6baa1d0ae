import { rm } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from './command';
import { noRoom, saysFull, TensorFlowSetupError } from './error';
import type { Python } from './python';
import type { Wheel } from './wheels';

/**
 * Prefixes of the required members: headers that the binding's sources include, directly or not, and the libraries'
 * notices.
 */
const HEADERS_AND_NOTICES = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
  'tensorflow/include/LICENSE',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
];

/**
 * Extracts members of a zip file; Python's reader checks each one's CRC. The first folder is removed from the names,
 * and a name that would leave the target is rejected.
 */
const PROGRAM = `
import os, shutil, sys, zipfile
wheel, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if member.is_dir() or not member.filename.startswith(tuple(prefixes)):
            continue
        parts = member.filename.split("/")[1:]
        if any(part in ("", ".", "..") or os.sep in part for part in parts):
            sys.exit("refused: " + member.filename)
        path = os.path.join(target, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(member) as source, open(path, "wb") as output:
            shutil.copyfileobj(source, output, 1 << 20)
`;

/** Puts the libraries, headers and notices of a wheel into `folder`: `libtensorflow_cc.so.2`, `include/…`. */
export async function unpackWheel(
  wheel: Wheel,
  file: string,
  python: Python,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const { functions, framework } = wheel.libraries;
  const members = [`tensorflow/${functions}`, `tensorflow/${framework}`, ...HEADERS_AND_NOTICES];
  const result = await runCommand(python.program, ['-I', '-c', PROGRAM, file, folder, ...members], { signal });
  if (result.code === 0) return;
  // The wheel had the right hash, so either the disk is full or Python cannot write there; nothing partial is kept.
  await rm(folder, { recursive: true, force: true });
  if (saysFull(result.stderr)) throw noRoom(path.dirname(folder));
  throw new TensorFlowSetupError(
    'disk',
    `TensorFlow’s package could not be unpacked into ${folder}:\n${lastLines(result.stderr)}`,
    'Check the free space and the permissions of that folder, then start the setup again.',
  );
}
