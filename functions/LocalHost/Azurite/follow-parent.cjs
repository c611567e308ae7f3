'use strict';
// Azurite ends when its parent does, however the parent ends: the pipe to it closes. Asked this way it closes its files, whereas
// Ctrl+C reaches the whole terminal group at once and would stop storage under functions that still write.
process.on('SIGINT', () => {});
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
