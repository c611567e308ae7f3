// Lines over time.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { count, instant } from './format.js';
import { html } from './html.js';
import { theme, zone } from './prefs.js';
import { useStore } from './store.js';

/** Named colours of the style sheet, one a line. */
const COLOURS = ['--line-1', '--line-2', '--line-3'];

/** A canvas knows neither names nor themes. @param {HTMLElement} element @param {string} name */
function resolve(element, name) {
  element.style.color = `var(${name})`;
  const colour = getComputedStyle(element).color;
  element.style.color = '';
  return colour;
}

/** @param {{ title: string, at: number[], series: { name: string, values: (number | null)[] }[] }} props */
export function Chart({ title, at, series }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const shownTheme = useStore(theme);
  const shownZone = useStore(zone);
  const text = JSON.stringify([at, series]);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const [ink, grid, ...lines] = ['--dim', '--rule', ...COLOURS].map((name) => resolve(element, name));
    const clock = (/** @type {number} */ seconds) => instant(new Date(seconds * 1000).toISOString(), shownZone);
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: '11px system-ui, sans-serif' };
    const plot = new uPlot(
      {
        width: element.clientWidth || 300,
        height: 170,
        cursor: { y: false },
        tzDate: (/** @type {number} */ seconds) => {
          const date = new Date(seconds * 1000);
          return shownZone === 'utc' ? uPlot.tzDate(date, 'UTC') : date;
        },
        scales: { y: { range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => [Math.min(0, low), Math.max(1, high * 1.05)] } },
        axes: [{ ...axis, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((t) => clock(t).slice(11, 16)) }, { ...axis, size: 56, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((n) => (n < 10 ? String(Math.round(n * 100) / 100) : count(n))) }],
        series: [
          { label: 'Time', value: (/** @type {any} */ _, /** @type {number | null} */ t) => (t === null ? '–' : clock(t)) },
          ...series.map((s, i) => ({ label: s.name, stroke: lines[i], value: (/** @type {any} */ _, /** @type {number | null} */ n) => (n === null ? '–' : String(Math.round(n * 100) / 100)), width: 1.5, points: { show: at.length < 3 } })),
        ],
      },
      /** @type {any} */ ([at, ...series.map((s) => s.values)]),
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 170 }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [text, shownTheme, shownZone]);
  const summary = series.map((s) => `${s.name}: ${count(s.values.at(-1))} at last, at most ${count(Math.max(...s.values.map((v) => v ?? 0)))}`).join('; ');
  return html`<figure class="chart">
    <figcaption>${title}</figcaption>
    <div ref=${place} role="img" aria-label="${title}. ${summary}."></div>
  </figure>`;
}
