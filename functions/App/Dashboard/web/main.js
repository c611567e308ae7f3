// The frame of all pages, and which page is shown.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { lost } from './api.js';
import { html } from './html.js';
import { HealthPage } from './health.js';
import { KeysPage } from './keys.js';
import { OverviewPage } from './overview.js';
import { Choice, Empty, Notice } from './parts.js';
import { applyTheme, setTheme, setZone, theme, zone } from './prefs.js';
import { QueuePage } from './queue.js';
import { can, resume, session, signOut } from './session.js';
import { SignInPage } from './signin.js';
import { useStore } from './store.js';
import { TopicPage } from './topic.js';

/** The parts of the address behind its #. */
const place = () =>
  location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });

/** @param {string[]} parts */
function pageOf(parts) {
  const [kind, name, ...rest] = parts;
  if (!kind) return html`<${OverviewPage} />`;
  if (kind === 'queues' && name) return html`<${QueuePage} key=${name} name=${name} rest=${rest} />`;
  if (kind === 'topics' && name) return html`<${TopicPage} key=${name} name=${name} rest=${rest} />`;
  if (kind === 'keys') return html`<${KeysPage} />`;
  if (kind === 'health') return html`<${HealthPage} />`;
  return html`<h1 tabindex="-1">Not here</h1><${Empty} title="There is no such page."><a href="#/">To the overview</a><//>`;
}

function Header({ parts }) {
  const state = useStore(session);
  const shownTheme = useStore(theme);
  const shownZone = useStore(zone);
  const links = /** @type {[string, string, boolean][]} */ ([
    ['#/', 'Overview', !parts[0]],
    ['#/keys', 'Keys', parts[0] === 'keys'],
    ['#/health', 'Health and limits', parts[0] === 'health'],
  ]);
  return html`<header>
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ e) => { e.preventDefault(); document.querySelector('main')?.focus(); }}>To the content</a>
    <span class="brand">FuncQueue</span>
    ${state.kind === 'in' &&
    html`<nav aria-label="Pages">
      ${links
        .filter(([href]) => href !== '#/keys' || can('keys'))
        .map(([href, text, at]) => html`<a href=${href} aria-current=${at ? 'page' : undefined}>${text}</a>`)}
    </nav>`}
    <span class="grow"></span>
    <${Choice} label="Times" options=${[['local', 'Local'], ['utc', 'UTC']]} value=${shownZone} onChange=${setZone} />
    <${Choice} label="Colours" options=${[['light', 'Light'], ['auto', 'Auto'], ['dark', 'Dark']]} value=${shownTheme} onChange=${setTheme} />
    ${state.kind === 'in' && html`<span class="who" title="Rights: ${state.who.rights.join(', ')}. Resources: ${state.who.resources.join(', ')}.">${state.who.name}</span>`}
    ${state.kind === 'in' && state.who.name !== '(anonymous)' && html`<button type="button" onClick=${signOut}>Sign out</button>`}
  </header>`;
}

/** Says that the server is lost, until it is found again. */
function Lost() {
  const isLost = useStore(lost);
  return html`<div role="alert" class="lost-place">${isLost && html`<p class="lost">The server does not answer. What is shown is old; it is tried again by itself.</p>`}</div>`;
}

function App() {
  const state = useStore(session);
  const [parts, setParts] = useState(place);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const moved = () => setParts(place());
    addEventListener('hashchange', moved);
    // A sign-in that came back has moved already.
    moved();
    return () => removeEventListener('hashchange', moved);
  }, []);
  const where = parts.slice(0, 2).join('/');
  const first = useRef(true);
  useEffect(() => {
    document.title = parts.length > 0 ? `${parts.slice(0, 3).join(' · ')} – FuncQueue` : 'FuncQueue';
    // Readers learn that the page is another one.
    if (!first.current) main.current?.querySelector('h1')?.focus();
    first.current = false;
  }, [where]);
  return html`<${Header} parts=${parts} />
    <${Lost} />
    <${Notice} />
    <main ref=${main} tabindex="-1">
      ${state.kind === 'unknown' && html`<p class="loading">Loading …</p>`} ${state.kind === 'out' && html`<${SignInPage} why=${state.why} />`}
      ${state.kind === 'in' && pageOf(parts)}
    </main>`;
}

applyTheme();
const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${App} />`, root);
resume().catch(() => {
  // It is on the page.
});
