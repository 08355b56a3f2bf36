import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../lib/log.ts';
import { type Stoppable, serveUntilStopped } from './serve-until-stopped.ts';

describe('serveUntilStopped', () => {
  it.each(['SIGINT', 'SIGTERM'])('ends with 0 once the work in hand has ended after %s', async (signal) => {
    const stage = setUp();
    stage.started.resolve();
    stage.signals.emit(signal);
    await stage.until(() => stage.calls.includes('drain'));
    stage.drained.resolve();
    expect(await stage.ended).toBe(0);
    expect(stage.calls).toEqual(['drain']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('stops at once when the second signal is %s', async (signal, code) => {
    const stage = setUp();
    stage.started.resolve();
    stage.signals.emit('SIGINT');
    await stage.until(() => stage.calls.includes('drain'));
    stage.signals.emit(signal);
    expect(await stage.ended).toBe(code);
    expect(stage.calls).toEqual(['drain']);
  });

  it('drains a server that is still starting when the signal comes', async () => {
    const stage = setUp();
    stage.signals.emit('SIGTERM');
    stage.started.resolve();
    stage.drained.resolve();
    expect(await stage.ended).toBe(0);
    expect(stage.calls).toEqual(['drain']);
  });

  it('does not wait for a start that two signals came in', async () => {
    const stage = setUp();
    stage.signals.emit('SIGTERM');
    stage.signals.emit('SIGINT');
    expect(await stage.ended).toBe(130);
  });

  it('tells why the server does not start', async () => {
    const stage = setUp();
    stage.started.reject(new Error('the port is in use'));
    expect(await stage.ended).toBe(1);
    expect(stage.complaints).toEqual(['initializing server: the port is in use']);
  });

  it('leaves no listener behind', async () => {
    const stage = setUp();
    stage.started.reject(new Error('no'));
    await stage.ended;
    expect(stage.signals.eventNames()).toEqual([]);
  });
});

function setUp() {
  const signals = new EventEmitter();
  const calls: string[] = [];
  const complaints: string[] = [];
  const [started, drained] = [deferred(), deferred()];
  const server: Stoppable = {
    drain: () => {
      calls.push('drain');
      return drained.promise;
    },
  };
  const start = async () => {
    await started.promise;
    return server;
  };
  const ended = serveUntilStopped(
    { signals, complain: (message) => complaints.push(message) },
    { log: silentLog(), start },
  );
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise(setImmediate);
  };
  return { signals, calls, complaints, started, drained, ended, until };
}

function deferred() {
  const settle: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const promise = new Promise<void>((resolve, reject) => settle.push({ resolve, reject }));
  return {
    promise,
    resolve: () => settle[0]?.resolve(),
    reject: (error: Error) => settle[0]?.reject(error),
  };
}
