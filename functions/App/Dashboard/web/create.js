// Making queues and topics.
import { useState } from 'preact/hooks';
import { calls } from './calls.js';
import { FormDialog } from './dialogs.js';
import { html } from './html.js';
import { Field } from './parts.js';

const NAME = '1 to 80 letters, digits, hyphens, underscores and single dots inside.';

export function CreateQueue({ close }) {
  const [name, setName] = useState('');
  const [type, setType] = useState('standard');
  const full = type === 'fifo' && name && !name.endsWith('.fifo') ? `${name}.fifo` : name;
  return html`<${FormDialog}
    title="New queue"
    label="Create"
    close=${close}
    call=${() => calls.putQueue(full, { type }, null, true)}
    told=${() => `${full} is there.`}
    done=${() => (location.hash = `#/queues/${encodeURIComponent(full)}`)}
  >
    <${Field} label="Name" value=${name} onInput=${setName} required hint=${NAME} />
    <${Field} as="select" label="Type" value=${type} onInput=${setType} hint="FIFO keeps the order within a group, and its name ends in .fifo. The type stays.">
      <option value="standard">standard</option>
      <option value="fifo">FIFO</option>
    <//>
  <//>`;
}

export function CreateTopic({ close }) {
  const [name, setName] = useState('');
  const [partitions, setPartitions] = useState('4');
  return html`<${FormDialog}
    title="New topic"
    label="Create"
    close=${close}
    call=${() => calls.putTopic(name, { partitions: Number(partitions) }, null, true)}
    told=${() => `${name} is there.`}
    done=${() => (location.hash = `#/topics/${encodeURIComponent(name)}`)}
  >
    <${Field} label="Name" value=${name} onInput=${setName} required hint=${NAME} />
    <${Field} label="Partitions" type="number" min="1" max="32" value=${partitions} onInput=${setPartitions} hint="1 to 32; the number stays." />
  <//>`;
}
