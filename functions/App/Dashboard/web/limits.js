// What the server refuses beyond; a test holds these against the server's own.

/** @type {{ text: string, value: number, unit?: string, of: string }[]} */
export const LIMITS = [
  { text: 'Body of a message', value: 104857600, unit: 'bytes', of: 'MaxBodyBytes' },
  { text: 'Body beside its message; longer ones lie in a blob', value: 32768, unit: 'bytes', of: 'MaxInlineBodyBytes' },
  { text: 'Messages in a batch', value: 100, of: 'MaxBatchSize' },
  { text: 'Batch', value: 4194304, unit: 'bytes', of: 'MaxBatchBytes' },
  { text: 'Attributes of a message', value: 32, of: 'MaxAttributes' },
  { text: 'Attributes of a message, together', value: 32768, unit: 'bytes', of: 'MaxAttributeBytes' },
  { text: 'Wait of a dequeue', value: 20, unit: 's', of: 'MaxWait' },
  { text: 'Visibility timeout', value: 43200, unit: 's', of: 'MaxVisibilityTimeout' },
  { text: 'Delay', value: 31536000, unit: 's', of: 'MaxDelay' },
  { text: 'Deliveries before a message is a dead letter', value: 1000, of: 'MaxMaxDeliveryCount' },
  { text: 'Shards of a queue', value: 32, of: 'MaxShards' },
  { text: 'Partitions of a topic', value: 32, of: 'MaxPartitions' },
  { text: 'Subscriptions of a topic', value: 1000, of: 'MaxSubscriptions' },
];
