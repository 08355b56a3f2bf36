import { describe, expect, it } from 'vitest';
import { pullWorld } from '../../test/support/pull-domain.ts';
import { PolderError } from '../lib/errors.ts';
import type { PullComment, PullHost } from '../vcs/index.ts';
import { postComment } from './post-comment.ts';

describe('postComment', () => {
  it.each([
    ['as it was', 'one\n/merge\ntwo', 'one\n/merge\ntwo'],
    ['with other ends of lines', 'one\ntwo\n', 'one\r\ntwo'],
    ['with a blank before what the host would carry out', 'one\n/merge\ntwo', 'one\n /merge\ntwo'],
  ])('writes nothing again that the host has kept without saying so: %s', async (_, body, kept) => {
    const { deps, context } = await pullWorld({});
    const there: PullComment[] = [];
    const createComment: PullHost['createComment'] = async () => {
      there.push({ id: String(there.length + 1), author: 'bot', body: kept });
      throw new PolderError('host_unavailable', 'asking GitLab: the connection broke');
    };
    const pulls = { ...context.pulls, createComment, listComments: async () => there };
    const target = { ...context, host: { ...context.host, pulls }, pull: context.command.pull, commandId: null };
    const post = () => postComment(deps, target, { key: 'a', body });
    await expect(post()).rejects.toMatchObject({ code: 'host_unavailable' });
    await post();
    expect(there).toHaveLength(1);
  });

  it('writes nothing beside what the host has, where the text is another by now', async () => {
    const { deps, context } = await pullWorld({});
    const there: PullComment[] = [];
    const answers = ['lost', 'lost before it came', 'given'];
    const createComment: PullHost['createComment'] = async (_, body) => {
      const answer = answers.shift();
      if (answer === 'lost before it came') throw new PolderError('host_unavailable', 'asking GitLab: no connection');
      there.push({ id: String(there.length + 1), author: 'bot', body });
      if (answer === 'lost') throw new PolderError('host_unavailable', 'asking GitLab: the connection broke');
      return String(there.length);
    };
    const pulls = { ...context.pulls, createComment, listComments: async () => there };
    const target = { ...context, host: { ...context.host, pulls }, pull: context.command.pull, commandId: null };
    const post = (key: string, body: string) => postComment(deps, target, { key, body });
    await expect(post('a', 'first')).rejects.toMatchObject({ code: 'host_unavailable' });
    await post('a', 'second');
    await expect(post('b', 'third')).rejects.toMatchObject({ code: 'host_unavailable' });
    await post('b', 'fourth');
    expect(there.map(({ body }) => body)).toEqual(['first', 'fourth']);
  });

  it.each([
    ['is to be called again', 403, 2, false],
    ['leaves it out in the end', 403, 3, true],
    ['waits for as long as its token is refused', 401, 7, false],
  ])('%s when the host refuses (%i, attempt %i)', async (_, status, attempt, isLeftOut) => {
    const { deps, context } = await pullWorld({});
    const refused = new PolderError('host_refused', 'asking GitHub: no', { details: { status } });
    const pulls = { ...context.pulls, createComment: () => Promise.reject(refused) };
    const task = { ...context.task, attempt };
    const target = { task, host: { ...context.host, pulls }, pull: context.command.pull, commandId: null };
    const posted = postComment(deps, target, { key: 'a', body: 'one' });
    if (isLeftOut) await posted;
    else await expect(posted).rejects.toMatchObject({ code: 'host_unavailable', cause: refused });
  });

  it('leaves it to another worker that has the task by now', async () => {
    const { deps, context, comments, lose } = await pullWorld({});
    const target = { ...context, pull: context.command.pull, commandId: null };
    await postComment(deps, target, { key: 'a', body: 'one' });
    lose();
    await expect(postComment(deps, target, { key: 'b', body: 'two' })).rejects.toMatchObject({ code: 'task_lost' });
    expect(comments).toEqual(['one']);
  });
});
