// The small things that pages are made of.
import { useEffect, useState } from 'preact/hooks';
import { Store, useStore } from './store.js';
import { count, distance, instant, visible } from './format.js';
import { html } from './html.js';
import { zone } from './prefs.js';

/** What was done last, for everybody to see and for readers to hear. @type {Store<{ text: string, bad: boolean } | null>} */
export const notice = new Store(/** @type {{ text: string, bad: boolean } | null} */ (null));

/** @param {string} text @param {boolean} [bad] */
export const tell = (text, bad = false) => notice.set({ text, bad });

export function Notice() {
  const said = useStore(notice);
  useEffect(() => {
    if (!said || said.bad) return;
    const timer = setTimeout(() => notice.set(null), 8000);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class="notice" role="status" aria-live="polite">
    ${said &&
    html`<p class=${said.bad ? 'bad' : ''}>
      ${said.text} <button type="button" class="quiet" onClick=${() => notice.set(null)} aria-label="Dismiss">✕</button>
    </p>`}
  </div>`;
}

/** An instant in the zone that the user has chosen, and in both where it is pointed at. */
export function Instant({ at, relative = false }) {
  const shown = useStore(zone);
  if (!at) return '–';
  const text = relative ? distance(at, Date.now()) : instant(at, shown);
  return html`<time datetime=${at} title="${instant(at, 'local')} local · ${instant(at, 'utc')}">${text}</time>`;
}

/** A name or value that came from somebody else: isolated, and with nothing invisible in it. */
export const Foreign = ({ text, tag = 'bdi' }) => html`<${tag} class="foreign">${visible(String(text))}</${tag}>`;

export const Badge = ({ kind = '', children }) => html`<span class="badge ${kind}">${children}</span>`;

/** The fault of a load, with what can be done about it. */
export function Fault({ error, again }) {
  if (!error) return null;
  return html`<div class="fault" role="alert">
    <p>${error.message}</p>
    ${(error.faults ?? []).length > 0 &&
    html`<ul>
      ${error.faults.map((/** @type {any} */ f) => html`<li><code>${visible(f.field)}</code>: ${f.detail}</li>`)}
    </ul>`}
    ${again && html`<button type="button" onClick=${again}>Try again</button>`}
  </div>`;
}

/** What to do where there is nothing. */
export const Empty = ({ title, children }) => html`<div class="empty"><p><strong>${title}</strong></p><p>${children}</p></div>`;

/** The fault of a load that begins again by itself: a lost server is told once, above the page. */
export const LoadFault = ({ of }) => (of.error && of.error.status !== 0 ? html`<${Fault} error=${of.error} again=${of.refresh} />` : null);

/** The state of a load until there is data: nothing, waiting, or a fault. */
export function Loaded({ of, children }) {
  const waits = of.data === undefined && (!of.error || of.error.status === 0);
  return html`<${LoadFault} of=${of} />${waits && html`<p class="loading">Loading …</p>`}${of.data !== undefined && children(of.data)}`;
}

/** @param {{ label: string, value: any, unit?: string, kind?: string, href?: string }} props */
export const Figure = ({ label, value, unit = '', kind = '', href }) => html`<div class="figure ${kind}">
  <dt>${label}</dt>
  <dd>${href ? html`<a href=${href}>${value}</a>` : value}${unit && html`<span class="unit"> ${unit}</span>`}</dd>
</div>`;

/** Links between the parts of a page. @param {{ label: string, items: { href: string, text: any, at: boolean }[] }} props */
export const Tabs = ({ label, items }) => html`<nav class="tabs" aria-label=${label}>
  ${items.map((item) => html`<a href=${item.href} aria-current=${item.at ? 'page' : undefined}>${item.text}</a>`)}
</nav>`;

let fields = 0;

/** A labelled input; `as` is input, textarea or select. */
export function Field({ label, hint, as = 'input', value, onInput, children, ...rest }) {
  const [id] = useState(() => `field-${++fields}`);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <${as}
      id=${id}
      value=${value}
      aria-describedby=${hint ? `${id}-hint` : undefined}
      autocomplete="off"
      spellcheck=${false}
      onInput=${(/** @type {any} */ e) => onInput(e.currentTarget.value)}
      ...${rest}
      >${children}</${as}
    >
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** A group of which one is chosen. @param {{ label: string, options: [string, string][], value: string, onChange: (value: string) => void }} props */
export const Choice = ({ label, options, value, onChange }) => html`<div class="choice" role="group" aria-label=${label}>
  ${options.map(
    ([name, text]) =>
      html`<button type="button" aria-pressed=${value === name} onClick=${() => onChange(name)}>${text}</button>`,
  )}
</div>`;

/** A table with a caption for readers. @param {{ caption: string, head: any[], children: any, wide?: boolean }} props */
export const Table = ({ caption, head, children }) => html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
  <table>
    <caption class="hidden">${caption}</caption>
    <thead>
      <tr>${head.map((h) => (h?.figure ? html`<th scope="col" class="n">${h.figure}</th>` : html`<th scope="col">${h}</th>`))}</tr>
    </thead>
    <tbody>${children}</tbody>
  </table>
</div>`;

export const N = ({ n }) => html`<td class="n">${typeof n === 'string' ? n : count(n)}</td>`;

/** A line of figures, drawn small. @param {{ values: number[], label: string }} props */
export function Sparkline({ values, label }) {
  if (values.length < 2) return html`<span class="dim">–</span>`;
  const [width, height] = [96, 20];
  const most = Math.max(...values, 1);
  const points = values
    .map((v, i) => `${((i / (values.length - 1)) * width).toFixed(1)},${(height - 1 - (v / most) * (height - 3)).toFixed(1)}`)
    .join(' ');
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${label}>
    <polyline points=${points} />
  </svg>`;
}

/** More of a list. */
export const More = ({ pages, what }) =>
  pages.continuation
    ? html`<p class="more"><button type="button" disabled=${pages.busy} onClick=${pages.more}>${pages.busy ? 'Loading …' : `More ${what}`}</button></p>`
    : null;
