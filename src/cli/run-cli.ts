import { errorText } from '../lib/errors.ts';
import type { CliContext } from './context.ts';
import { type CommandGroup, dispatch } from './dispatch.ts';
import { exitCodes } from './exit-codes.ts';

const polder: CommandGroup = {
  name: 'polder',
  description: 'Polder plans and applies Terraform and OpenTofu, and keeps the environments that come of it.',
  entries: {
    server: { summary: 'Start the server', load: async () => (await import('./server.ts')).runServer },
    doctor: {
      summary: 'Look whether a server would work, and say what to do where it would not',
      load: async () => (await import('./doctor/index.ts')).runDoctor,
    },
    quickstart: {
      summary: 'Try it: plan and apply a sample repository on a server of its own',
      load: async () => (await import('./quickstart/index.ts')).runQuickstart,
    },
    token: {
      summary: 'Make, list and revoke the tokens that people and programs show',
      load: async () => (await import('./token/index.ts')).runToken,
    },
    repo: {
      summary: 'Show the repositories, and make them public or private',
      load: async () => (await import('./repo/index.ts')).runRepo,
    },
    pr: {
      summary: 'Open, plan, apply and merge pull requests of local repositories',
      load: async () => (await import('./pr/index.ts')).runPr,
    },
    env: {
      summary: 'List, make, stop and delete environments',
      load: async () => (await import('./env/index.ts')).runEnv,
    },
    agent: {
      summary: 'Register, list and delete cluster agents',
      load: async () => (await import('./agent/index.ts')).runAgent,
    },
    version: { summary: 'Print the version', load: async () => (await import('./version.ts')).runVersion },
  },
};

/** Runs `polder` with the given words, and gives the code to end with. Throws nothing. */
export async function runCli(context: CliContext): Promise<number> {
  const words = context.words[0] === '--version' ? ['version', ...context.words.slice(1)] : context.words;
  try {
    return await dispatch({ ...context, words }, polder);
  } catch (error) {
    context.complain(errorText(error));
    return exitCodes.fault;
  }
}
