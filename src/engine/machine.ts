import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The processor as it names itself, "AMD EPYC 7763 64-Core Processor". */
export function cpuName(): string {
  return os.cpus()[0]?.model.trim() || process.arch;
}

/** Vector instructions that change which kernels run, and with them the last bits of results. */
const FEATURES = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_bf16', 'avx512_vnni', 'amx_bf16', 'asimd', 'sve'];

/** Those of them that this machine has; empty where the system does not say (other than Linux). */
export function cpuFeatures(): string {
  const text = read('/proc/cpuinfo') ?? '';
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  return FEATURES.filter((feature) => flags.has(feature)).join(' ');
}

/** The first NVIDIA GPU's name where the driver says it, else "GPU". */
export function gpuName(): string {
  const root = '/proc/driver/nvidia/gpus';
  try {
    for (const gpu of readdirSync(root).sort()) {
      const model = /^Model:\s*(.+)$/m.exec(read(path.join(root, gpu, 'information')) ?? '')?.[1];
      if (model) return model.trim();
    }
  } catch {
    // Another maker's GPU, or another system.
  }
  return 'GPU';
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
