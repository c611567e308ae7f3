// Figures, durations and instants as people read them.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const even = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const short = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** @param {number | null | undefined} n */
export const count = (n) => (n === null || n === undefined ? '–' : whole.format(n));

/** @param {number | null | undefined} perSecond */
export const rate = (perSecond) =>
  perSecond === null || perSecond === undefined
    ? '–'
    : perSecond > 0 && perSecond < 0.1
      ? `${even.format(perSecond * 60)}/min`
      : `${even.format(perSecond)}/s`;

/** @param {number | null | undefined} n */
export function bytes(n) {
  if (n === null || n === undefined) return '–';
  if (n < 1024) return `${n} B`;
  return n < 1024 * 1024 ? `${short.format(n / 1024)} KiB` : `${short.format(n / 1024 / 1024)} MiB`;
}

/** A duration in its two largest units. @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 60) return `${short.format(seconds)} s`;
  const units = /** @type {[number, string][]} */ ([
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]);
  const first = units.findIndex(([size]) => seconds >= size);
  const [size, unit] = units[first];
  const rest = Math.floor((seconds % size) / (units[first + 1]?.[0] ?? 1));
  return `${Math.floor(seconds / size)} ${unit}${rest > 0 && units[first + 1] ? ` ${rest} ${units[first + 1][1]}` : ''}`;
}

/** @param {number} n @param {number} width */
const pad = (n, width = 2) => String(n).padStart(width, '0');

/** @param {string} at @param {string} zone local or utc */
export function instant(at, zone) {
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return at;
  return zone === 'utc'
    ? `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())} ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())} UTC`
    : `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** How far away it is: "3 min ago", "in 20 s". @param {string} at @param {number} now */
export function distance(at, now) {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  if (Math.abs(seconds) < 1) return 'now';
  return seconds < 0 ? `${duration(-seconds)} ago` : `in ${duration(seconds)}`;
}

/**
 * A text in which nothing is invisible: what would break a line of a table, or turn the direction of what stands behind it, is shown as a
 * sign of its own.
 * @param {string} text
 */
export const visible = (text) =>
  text.replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, (c) => {
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `⟨${code.toString(16).padStart(4, '0').toUpperCase()}⟩`;
  });

/** As visible, but lines stay lines. @param {string} text */
export const visibleLines = (text) =>
  text
    .split(/\r?\n/)
    .map((line) => line.split('\t').map(visible).join('\t'))
    .join('\n');

/** @param {string} text @param {number} most */
export const cut = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);
