import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { expect, it } from 'vitest';
import { sendChunks } from './replies.ts';

it('asks for no more than one piece ahead of a client', async () => {
  let asked = 0;
  const pieces = async function* () {
    while (asked < 100) {
      asked += 1;
      yield 'a piece';
    }
  };
  const sent: Readable[] = [];
  const reply = { type: () => reply, send: (stream: Readable) => sent.push(stream) };
  sendChunks(reply as unknown as FastifyReply, 'text/plain', pieces());
  sent[0]?.read(0);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(3);
  sent[0]?.destroy();
});
