// Inputs that several forms have.
import { html } from './html.js';
import { Field } from './parts.js';

/** Lines of name=value. @param {string} text @returns {Record<string, string>} throws where a line is none */
export function readAttributes(text) {
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const line of text.split('\n').filter((l) => l.trim() !== '')) {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`An attribute is a line name=value; this is none: ${line}`);
    attributes[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return attributes;
}

/** @param {Record<string, string>} attributes */
export const writeAttributes = (attributes) =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');

/** @param {{ value: string, onInput: (value: string) => void }} props */
export const AttributesField = ({ value, onInput }) =>
  html`<${Field} as="textarea" rows="2" label="Attributes" value=${value} onInput=${onInput} hint="One a line: name=value" />`;

/** @param {{ value: string, onInput: (value: string) => void }} props */
export const BodyField = ({ value, onInput }) => html`<${Field} as="textarea" rows="8" class="code" label="Body" value=${value} onInput=${onInput} />`;
