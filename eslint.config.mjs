import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

/**
 * Which folder may import which: the arrows of docs/architecture.md. A folder may always import itself; what is not
 * listed is refused.
 * @type {Record<string, string[]>}
 */
const arrows = {
  common: [],
  protocol: [],
  formats: ['protocol', 'common'],
  runs: ['formats', 'protocol', 'common'],
  tensors: ['formats', 'protocol', 'common'],
  native: ['common'],
  process: ['native', 'runs', 'protocol', 'common'],
  engine: ['native', 'common'],
  data: ['engine', 'formats', 'protocol', 'common'],
  models: ['engine', 'protocol', 'common'],
  evaluation: ['models', 'data', 'engine', 'common'],
  trainer: ['evaluation', 'models', 'data', 'engine', 'process', 'native', 'runs', 'formats', 'protocol', 'common'],
  cli: ['process', 'native', 'runs', 'formats', 'protocol', 'common'],
  host: ['process', 'tensors', 'runs', 'formats', 'protocol', 'common'],
};

const folders = Object.keys(arrows);
const zones = Object.entries(arrows).flatMap(([folder, allowed]) => [
  ...folders
    .filter((other) => other !== folder && !allowed.includes(other))
    .map((other) => ({
      target: `./src/${folder}`,
      from: `./src/${other}`,
      message: `${folder}/ may not know ${other}/ (see docs/architecture.md).`,
    })),
  { target: `./src/${folder}`, from: './webview', message: `${folder}/ may not know the webviews.` },
  { target: `./src/${folder}`, from: './test', message: 'Product code may not know the tests.' },
]);
const views = ['charts', 'checkpoint', 'draw', 'latent', 'run'];
const webviewZones = [
  ...folders
    .filter((folder) => folder !== 'protocol' && folder !== 'common')
    .map((folder) => ({
      target: './webview',
      from: `./src/${folder}`,
      message: 'A webview may know src/protocol and src/common only.',
    })),
  { target: './webview', from: './test', message: 'Product code may not know the tests.' },
  ...views.flatMap((view) => [
    ...views
      .filter((other) => other !== view)
      .map((other) => ({
        target: `./webview/${view}`,
        from: `./webview/${other}`,
        message: 'Views know webview/shared, never each other.',
      })),
    { target: './webview/shared', from: `./webview/${view}`, message: 'webview/shared knows no view.' },
  ]),
];
/** Features of the host know the registry and ui, never each other. */
const features = ['commands', 'trees', 'views', 'editors'];
const featureZones = features.flatMap((feature) =>
  features
    .filter((other) => other !== feature)
    .map((other) => ({
      target: `./src/host/${feature}`,
      from: `./src/host/${other}`,
      message: 'Features know registry and ui, never each other.',
    })),
);

/** The rooms of the trainer in their order: each knows those before it, and the programs above them know all. */
const rooms = ['errors', 'loop', 'workbench', 'socket', 'run', 'events', 'start', 'replay', 'requests', 'inspect'];
const programs = ['main', 'train', 'measure', 'selfTest'];
const roomZones = rooms.flatMap((room, place) => [
  ...rooms.slice(place + 1).map((later) => ({
    target: `./src/trainer/${room}`,
    from: `./src/trainer/${later}`,
    message: `trainer/${room}/ comes before trainer/${later}/ and may not know it (see docs/architecture.md).`,
  })),
  ...programs.map((program) => ({
    target: `./src/trainer/${room}`,
    from: `./src/trainer/${program}.ts`,
    message: 'The rooms of the trainer may not know its programs.',
  })),
]);

const posting = [
  'MemberExpression[property.name="postMessage"]',
  'MemberExpression[property.value="postMessage"]',
  'ObjectPattern > Property[key.name="postMessage"]',
].map((selector) => ({ selector, message: 'Pages are told things by postToPage alone.' }));
const listening = [
  'CallExpression[callee.property.name="addEventListener"] > Literal[value="message"]',
  'MemberExpression[property.name="onmessage"]',
].map((selector) => ({ selector, message: 'Messages of the host come through Channel alone.' }));

const vscodeOnly = {
  paths: [{ name: 'vscode', message: 'Only src/host and src/extension.ts know vscode.' }],
};
const noTensors = [{ group: ['@tensorflow/*'], message: 'Tensor code lives in engine, data, models and evaluation.' }];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**', 'demo/**', 'runs/**', '**/*.d.ts'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...webviewZones, ...featureZones, ...roomZones] }],
      'import-x/no-cycle': ['error', { maxDepth: 6 }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/host/**', 'src/extension.ts'],
    rules: { 'no-restricted-imports': ['error', vscodeOnly] },
  },
  {
    files: ['src/{common,protocol,formats,runs,tensors,native,process,cli}/**/*.ts', 'webview/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { ...vscodeOnly, patterns: noTensors }] },
  },
  {
    files: ['src/protocol/**/*.ts', 'src/common/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          ...vscodeOnly,
          patterns: [...noTensors, { group: ['node:*'], message: 'Runs in the browser too: no node.' }],
        },
      ],
    },
  },
  { files: ['src/host/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: noTensors }] } },
  // A message that is not packed loses its arrays once there are many: see src/protocol/packing.ts.
  {
    files: ['src/host/**/*.ts', 'src/extension.ts'],
    ignores: ['src/host/ui/postToPage.ts'],
    rules: { 'no-restricted-syntax': ['error', ...posting] },
  },
  {
    files: ['webview/**/*.ts'],
    ignores: ['webview/shared/channel.ts', 'webview/latent/projections/{worker,jobs}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...listening] },
  },
  { files: ['test/**/*.ts', 'bench/**/*.ts', 'src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs'],
    rules: { '@typescript-eslint/no-require-imports': 'error', 'no-undef': 'off' },
  },
);
