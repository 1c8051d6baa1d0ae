// Writes media/specification.schema.json, which completes and checks *.latent.json in the editor, from the zod schema
// that the programs use. `--check` only says whether the file is up to date (exit code 1 if not).
import * as esbuild from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'media', 'specification.schema.json');

const bundle = await esbuild.build({
  stdin: {
    contents: `import * as z from 'zod';
      import { specificationSchema } from './src/protocol/specification';
      export default z.toJSONSchema(specificationSchema, { io: 'input', target: 'draft-7' });`,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { default: schema } = await import(`data:text/javascript;base64,${code}`);
const text = `${JSON.stringify({ title: 'Experiment of Latent Studio', ...schema }, null, 2)}\n`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    console.error(`${path.relative(root, target)} is out of date. Run: node scripts/generate-schema.mjs`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
