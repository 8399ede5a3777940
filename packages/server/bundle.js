/**
 * Makes the program of the server, `bundle/`, of what the compiler wrote: a start reads a few files instead of a thousand, of all packages that it consists of but
 * those with native code, and finds beside them what V8 made of them. `--if-older` does so only where something was compiled since.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const bundle = join(here, 'bundle');
const PACKAGES = ['core', 'engine', 'protocol', 'server'];
/** Installed beside it: native code, the driver that SQLite does without, and compilers of Fastify's that are never asked for. */
const EXTERNAL = ['better-sqlite3', '@node-rs/argon2', 'pg', '@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

const compiledAt = () =>
  Math.max(
    ...PACKAGES.flatMap((name) => {
      const dist = join(here, '..', name, 'dist');
      const names = existsSync(dist) ? readdirSync(dist, { recursive: true }) : [];
      return names.filter((file) => file.endsWith('.js')).map((file) => statSync(join(dist, file)).mtimeMs);
    }),
  );
const isOlder = () => {
  const made = join(bundle, 'main.js');
  return !existsSync(made) || statSync(made).mtimeMs < compiledAt();
};

/** Zod's messages in fifty languages, of which it is asked for one. */
const oneLanguage = {
  name: 'one-language',
  setup: ({ onLoad }) =>
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" })),
};

/** What their licenses ask of whoever passes them on. */
function licensesOf(inputs) {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const at = join(here, folder);
    const { name, version, license = 'see its text' } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
    const file = readdirSync(at).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(at, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** What may be asked of the program as a module. */
const EXPORTS = ['SluiceError', 'serverLog', 'readSettings', 'startServer', 'runServer'];

async function make() {
  const draft = `${bundle}.${process.pid}`;
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: ['dist/program.js'],
    outdir: draft,
    // V8's code is found by the name of what it was made of, so that no other text is ever taken for it.
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    // Of a module V8's code cannot be kept.
    format: 'cjs',
    // Where V8's code is taken, it knows nobody to ask for a module.
    supported: { 'dynamic-import': false },
    target: 'node20',
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    plugins: [oneLanguage],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    define: { 'import.meta.url': '$url', 'import.meta.resolve': '$resolve' },
    banner: {
      js: "const $at=require('node:url').pathToFileURL,$url=$at(__filename).href,$resolve=(name)=>$at(require.resolve(name)).href;",
    },
  });
  writeFileSync(join(draft, 'LICENSES.txt'), licensesOf(Object.keys(metafile.inputs)));
  writeEntries(draft);
  keepCode(draft);
  replace(draft);
}

function writeEntries(draft) {
  const [file] = readdirSync(draft).filter((name) => name.endsWith('.cjs'));
  copyFileSync(join(here, 'load-program.js'), join(draft, 'load-program.js'));
  const load = `import { loadProgram } from './load-program.js';\n\n`;
  writeFileSync(join(draft, 'program.js'), `${load}export const { ${EXPORTS.join(', ')} } = loadProgram('${file}').program;\n`);
  writeFileSync(join(draft, 'main.js'), "import { runServer } from './program.js';\n\nrunServer();\n");
}

/** A start that takes longer is not waited for. */
const MOST_MS = 60_000;

/** A program without it starts as well, and takes longer. */
function keepCode(draft) {
  const options = { stdio: ['ignore', 'ignore', 'inherit'], timeout: MOST_MS };
  const { status } = spawnSync(process.execPath, [join(here, 'keep-code.js'), draft], options);
  if (status !== 0) process.stderr.write(`${bundle}: V8's code could not be kept; a start will take longer\n`);
}

/** File by file, the entries last: a server may be starting from what is there. */
function replace(draft) {
  mkdirSync(bundle, { recursive: true });
  const made = readdirSync(draft).sort((a, b) => Number(!/-/.test(a)) - Number(!/-/.test(b)));
  for (const file of made) renameSync(join(draft, file), join(bundle, file));
  for (const file of readdirSync(bundle)) if (!made.includes(file)) rmSync(join(bundle, file));
  rmSync(draft, { recursive: true });
}

if (!existsSync(join(here, 'dist/main.js'))) throw new Error(`${dirname(here)}: compile first (tsc -b)`);
if (!process.argv.includes('--if-older') || isOlder()) await make();
