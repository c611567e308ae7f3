// Makes what the app embeds of the dashboard's sources and of the packages that they import: each file under a name that has its hash in it,
// compressed. `node build.mjs PACKAGES OUT`, PACKAGES being where npm has installed web/package.json.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [packages, out] = process.argv.slice(2);
const web = join(dirname(fileURLToPath(import.meta.url)), 'web');
const pkg = (path) => readFileSync(join(packages, 'node_modules', path), 'utf8');

/** The modules by the name that imports have for them. */
const sources = new Map([
  ['preact', pkg('preact/dist/preact.mjs')],
  ['preact/hooks', pkg('preact/hooks/dist/hooks.mjs')],
  ['htm', pkg('htm/dist/htm.module.js')],
  // The minified form is no module: it defines a variable.
  ['uplot', pkg('uplot/dist/uPlot.iife.min.js') + '\nexport default uPlot;\n'],
]);
for (const file of readdirSync(web).filter((name) => name.endsWith('.js'))) {
  sources.set('./' + file, readFileSync(join(web, file), 'utf8'));
}

const IMPORT = /(\bimport\s*(?:[\w$*{},\s]+?\bfrom\s*)?|\bimport\s*\{[^}]*\}\s*from\s*|\bexport\s*[\w$*{},\s]+?\bfrom\s*)(["'])([^"']+)\2/g;
const named = new Map();
const written = new Map();

const hashed = (name, text) => {
  const [stem, ending] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
  return `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}${ending}`;
};

/** The module's name with its hash, which covers those of all that it imports. */
function nameOf(specifier, above = []) {
  if (named.has(specifier)) return named.get(specifier);
  if (!sources.has(specifier)) throw new Error(`${above.at(-1)} imports ${specifier}, which is not there.`);
  if (above.includes(specifier)) throw new Error(`Modules import each other: ${[...above, specifier].join(' > ')}`);
  const text = sources
    .get(specifier)
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replace(IMPORT, (_, word, quote, target) => `${word}${quote}./${nameOf(target, [...above, specifier])}${quote}`);
  const plain = specifier.replace(/^\.\//, '').replaceAll('/', '-');
  const name = hashed(plain.endsWith('.js') ? plain : plain + '.js', text);
  named.set(specifier, name);
  written.set(name, text);
  return name;
}

const main = nameOf('./main.js');
const unused = [...sources.keys()].filter((specifier) => !named.has(specifier));
if (unused.length > 0) throw new Error(`Nothing imports ${unused.join(', ')}.`);

const styles = pkg('uplot/dist/uPlot.min.css') + readFileSync(join(web, 'dashboard.css'), 'utf8');
const css = hashed('dashboard.css', styles);
written.set(css, styles);
written.set('icon.svg', readFileSync(join(web, 'icon.svg'), 'utf8'));

// All that the first page needs is named in it, so that the browser asks for everything at once.
const preloads = [...named.values()].map((name) => `<link rel="modulepreload" href="dashboard/${name}" />`).join('\n    ');
const page = readFileSync(join(web, 'index.html'), 'utf8')
  .replace('{styles}', `dashboard/${css}`)
  .replace('{preloads}', preloads)
  .replace('{main}', `dashboard/${main}`);
written.set('index.html', page);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, text] of written) {
  const bytes = Buffer.from(text);
  writeFileSync(join(out, name + '.gz'), gzipSync(bytes, { level: 9 }));
  writeFileSync(
    join(out, name + '.br'),
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  );
}
