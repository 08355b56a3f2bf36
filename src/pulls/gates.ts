import { type CommentCommand, checkVarFiles } from '../commands/index.ts';
import { notices } from '../comments/index.ts';
import { isForBaseBranch } from '../repo-config/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { ruleOf } from './select-on-pull.ts';

/** `notice`: what the pull request is told; null when it is told nothing. `note` is for the record. */
export type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly notice: string | null; readonly note: string };

type GateDeps = Pick<PullDeps, 'pullSettings'>;
type GateContext = Pick<CommandContext, 'command' | 'host' | 'pulls' | 'ref'>;

const open = { kind: 'open' } as const;

/**
 * Whether a command may begin: the state of the pull request, where it comes from, and who asked. In the order of
 * Atlantis, so that people are told the same when several things are in the way.
 */
export async function passGates(deps: GateDeps, context: GateContext, live: Pull): Promise<Gate> {
  const { work } = context.command;
  if (work.kind === 'autoplan') return gateAutoplan(deps, context, live);
  if (work.kind === 'close') return open;
  const state = stateGate(deps, context, { live, command: work.command.kind });
  if (state.kind === 'closed') return state;
  const team = await teamGate(deps, context, work.command.kind);
  return team.kind === 'closed' ? team : varFileGate(deps, work.command);
}

async function gateAutoplan(deps: GateDeps, context: GateContext, live: Pull): Promise<Gate> {
  const { disableAutoplan, disableAutoplanLabel } = deps.pullSettings;
  const team = await teamGate(deps, context, 'plan');
  // Nobody asked for anything, so that nobody is told.
  if (team.kind === 'closed') return { ...team, notice: null };
  const state = stateGate(deps, context, { live, command: 'plan' });
  if (state.kind === 'closed') return state;
  if (disableAutoplan) return closed('nothing is planned without a command');
  if (disableAutoplanLabel !== '' && live.labels.includes(disableAutoplanLabel)) {
    return closed(`the label ${disableAutoplanLabel} says not to plan without a command`);
  }
  return open;
}

function stateGate(
  deps: GateDeps,
  context: GateContext,
  { live, command }: { readonly live: Pull; readonly command: CommentCommand['kind'] },
): Gate {
  const { allowForkPrs, silenceForkPrErrors } = deps.pullSettings;
  if (!allowForkPrs && isFork(context, live)) {
    return closed('pull requests of forks are not worked on', silenceForkPrErrors ? null : notices.forkPull());
  }
  if (!live.open && command !== 'unlock') return closed('the pull request is closed', notices.closedPull());
  const isWorkedOn = isForBaseBranch(ruleOf(deps, context.command.pull.repo), live.baseBranch);
  return isWorkedOn ? open : closed(`the base branch ${live.baseBranch} is not worked on`);
}

/** A copy within the same owner or group is none. Of one that is gone nobody can say where it was. */
function isFork({ ref }: GateContext, { headRepo }: Pull): boolean {
  const owner = ref.fullName.slice(0, ref.fullName.lastIndexOf('/'));
  return headRepo === null || headRepo.owner.toLowerCase() !== owner.toLowerCase();
}

/** Commands as rules for teams call them. */
function ruleName(command: CommentCommand['kind']): string {
  return command === 'state_rm' ? 'state' : command;
}

async function teamGate(deps: GateDeps, context: GateContext, command: CommentCommand['kind']): Promise<Gate> {
  const rules = deps.pullSettings.teamRules[context.host.type];
  if (!rules || rules.isEmpty) return open;
  const { login } = context.command.actor;
  const teams = await context.pulls.listTeams(context.ref.fullName, login);
  if (rules.allows(teams, ruleName(command))) return open;
  const notice = notices.notPermitted({ login, command: ruleName(command) });
  return closed(`${login} may not give this command`, notice);
}

/** For every command: what the engine cannot make sense of in such a file, it shows. */
function varFileGate(deps: GateDeps, command: CommentCommand): Gate {
  const { varFileAllowlist: allowlist, ownFolder } = deps.pullSettings;
  const problem = checkVarFiles(command.extraArgs, { allowlist, except: ownFolder });
  return problem === undefined ? open : closed('a variable file is outside the allowed folders', problem);
}

function closed(note: string, notice: string | null = null): Gate {
  return { kind: 'closed', notice, note };
}
