import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which of our packages each package may import: down only, through the front door (the table of floors in docs/tour.md). */
const mayImport = {
  dicom: [],
  sqlite: [],
  vault: ['dicom'],
  catalog: ['dicom', 'sqlite'],
  ledger: ['dicom', 'sqlite'],
  archive: ['dicom', 'vault', 'catalog', 'ledger'],
  dicomweb: ['dicom', 'ledger', 'archive'],
  server: ['dicom', 'ledger', 'archive', 'dicomweb'],
  cli: ['dicom', 'sqlite', 'vault', 'catalog', 'ledger', 'archive', 'dicomweb', 'server'],
  bench: ['dicom'],
  e2e: ['dicom'],
};

/** Third-party code that is allowed in these packages only. */
const onlyIn = {
  '@photostructure/sqlite': ['sqlite'],
  '@aws-sdk/*': ['vault'],
  minio: ['vault', 'e2e'],
  kysely: ['catalog', 'ledger'],
  dcmjs: ['dicom'],
  'dicom-parser': ['dicom'],
  fflate: ['dicom'],
  express: ['dicomweb', 'server'],
  yauzl: ['vault'],
  'fast-xml-parser': ['dicomweb'],
  pino: ['server'],
  'prom-client': ['server'],
  zod: ['cli'],
  'cli-progress': ['cli'],
};

const arrows = Object.entries(mayImport).map(([name, allowed]) => {
  const ours = Object.keys(mayImport).filter((other) => !allowed.includes(other) && other !== name);
  const theirs = Object.entries(onlyIn).filter(([, packages]) => !packages.includes(name));
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ours.map((other) => `@bucky/${other}`),
              message: `The table of floors: ${name} may not import this.`,
            },
            { group: ['@bucky/*/*', '!@bucky/vault/contract'], message: 'Import through the front door.' },
            ...theirs.map(([library]) => ({ group: [library], message: `${library} is not for package ${name}.` })),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'packages/server/viewer/**', 'data/**'] },
  js.configs.recommended,
  {
    files: ['packages/*/src/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  ...arrows,
  {
    files: ['**/*.test.ts', '**/contract.ts', 'packages/bench/src/**', 'packages/e2e/src/**'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
  },
  { files: ['packages/cli/src/**', 'packages/bench/src/**', 'packages/e2e/src/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
