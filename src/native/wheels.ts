import process from 'node:process';

/** The version of TensorFlow that is downloaded if the user has none. */
export const TENSORFLOW_VERSION = '2.21.0';

/**
 * The file to download for a platform. The wheel is pinned by hash, and requested by its own tags, so that it is the
 * same one whatever Python runs pip. The library inside needs no Python.
 */
export interface Wheel {
  readonly project: string;
  readonly file: string;
  readonly sha256: string;
  /** Size of the wheel, and of the part that we unpack. */
  readonly size: number;
  readonly unpackedSize: number;
  /** pip's `--platform`. */
  readonly tag: string;
  readonly libraries: LibraryNames;
}

/** File names of the two libraries: the C API, and the library that it depends on. */
export interface LibraryNames {
  readonly functions: string;
  readonly framework: string;
}

const LINUX_LIBRARIES: LibraryNames = {
  functions: 'libtensorflow_cc.so.2',
  framework: 'libtensorflow_framework.so.2',
};
const MACOS_LIBRARIES: LibraryNames = {
  functions: 'libtensorflow_cc.2.dylib',
  framework: 'libtensorflow_framework.2.dylib',
};

/** The tested platforms are listed in docs/platforms.md. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    size: 273_829_956,
    unpackedSize: 853_700_000,
    tag: 'manylinux_2_27_x86_64',
    libraries: LINUX_LIBRARIES,
  },
  'linux-arm64': {
    project: 'tensorflow',
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    size: 281_828_020,
    unpackedSize: 883_500_000,
    tag: 'manylinux_2_27_aarch64',
    libraries: LINUX_LIBRARIES,
  },
  'darwin-arm64': {
    project: 'tensorflow',
    file: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    size: 223_405_849,
    unpackedSize: 741_200_000,
    tag: 'macosx_12_0_arm64',
    libraries: MACOS_LIBRARIES,
  },
};

/** "linux-x64": the platform's name in the cache and in the package. */
export function platformName(): string {
  return `${process.platform}-${process.arch}`;
}

export function wheelFor(platform = platformName()): Wheel | undefined {
  return WHEELS[platform];
}

/** Library names on a platform; undefined if TensorFlow's packages have no library that we could link (Windows). */
export function libraryNames(platform: NodeJS.Platform = process.platform): LibraryNames | undefined {
  if (platform === 'linux') return LINUX_LIBRARIES;
  if (platform === 'darwin') return MACOS_LIBRARIES;
  return undefined;
}

/** Why native TensorFlow cannot run on this machine, for users; undefined if it can be tried. */
export function unsupportedReason(): string | undefined {
  if (!['linux', 'darwin', 'win32'].includes(process.platform))
    return `TensorFlow is not available for ${process.platform}.`;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime;
  if (process.platform === 'linux' && glibc === undefined) {
    return 'TensorFlow’s packages for Linux need glibc, and this system uses another C library.';
  }
  if (glibc !== undefined && compareVersions(glibc, '2.27') < 0) {
    return `TensorFlow needs glibc 2.27 or newer, and this system has ${glibc}.`;
  }
  return undefined;
}

/** Negative if `a` is older; compared part by part as numbers. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
