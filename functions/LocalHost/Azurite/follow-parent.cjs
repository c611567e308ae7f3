'use strict';
// Azurite ends when its parent does, however the parent ends: the pipe to it closes. Asked this way it closes its files, whereas
// Ctrl+C reaches the whole terminal group at once and would stop storage under functions that still write.
process.on('SIGINT', () => {});
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));
// A parent that was killed reads no more what Azurite says while it ends; that must not end it before its files are written.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {});
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
