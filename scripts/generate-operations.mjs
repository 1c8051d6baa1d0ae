// Writes src/engine/graph/operations.json: what the graph compiler has to know of TensorFlow's operations, asked of the native
// library itself (TF_GetAllOpList). Run it after a change of TensorFlow's version; Python lends its foreign function interface.
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'src', 'engine', 'graph', 'operations.json');
const libraryFolder = process.argv[2];
if (libraryFolder === undefined) {
  console.error(
    'Say where the library is: node scripts/generate-operations.mjs FOLDER (latent tensorflow status names it).',
  );
  process.exit(2);
}

const DUMP = `
import ctypes, os, sys
folder = sys.argv[1]
ctypes.CDLL(os.path.join(folder, 'libtensorflow_framework.so.2'), mode=ctypes.RTLD_GLOBAL)
library = ctypes.CDLL(os.path.join(folder, 'libtensorflow_cc.so.2'))
class Buffer(ctypes.Structure):
    _fields_ = [('data', ctypes.c_void_p), ('length', ctypes.c_size_t), ('deallocator', ctypes.c_void_p)]
library.TF_GetAllOpList.restype = ctypes.POINTER(Buffer)
buffer = library.TF_GetAllOpList().contents
sys.stdout.buffer.write(ctypes.string_at(buffer.data, buffer.length))
`;
const bytes = execFileSync('python3', ['-c', DUMP, libraryFolder], {
  maxBuffer: 2 ** 26,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const { operationsOf } = await reader();
const operations = operationsOf(new Uint8Array(bytes));
const lines = Object.entries(operations).map(
  ([name, operation]) => `${JSON.stringify(name)}:${JSON.stringify(operation)}`,
);
await writeFile(target, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${lines.length} operations in ${path.relative(root, target)}`);

async function reader() {
  const entry = path.join(root, 'scripts', 'lib', 'operationList.ts');
  const bundle = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
