import { type Options, readOptions } from '../../config/index.ts';
import { type Finding, problem } from '../../vcs/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { commandHelp, readText } from '../read-flags.ts';
import { examine } from './examine.ts';
import { doctorForm, doctorRows } from './form.ts';
import { createCensor } from './without-secrets.ts';

/** `polder doctor`: says whether a server with these options would work, and what to do where it would not. */
export async function runDoctor(context: CliContext): Promise<number> {
  const { words, env } = context;
  const reading = readOptions({ argv: words, env, readFile: readText }, doctorRows);
  if (reading.kind === 'help') {
    context.write(commandHelp(doctorForm));
    return exitCodes.ok;
  }
  if (reading.kind === 'invalid') {
    const isJson = words.some((word) => word === '--json' || word === '--json=true');
    const remedy = '`polder server --help` lists the options';
    const findings = reading.errors.map((error) => problem('options', error, remedy));
    context.write(isJson ? renderJson(findings) : findings.map(renderLine).join(''));
    return exitCodes.usage;
  }
  const findings = await collect(context, reading);
  return findings.some(({ level }) => level === 'problem') ? exitCodes.fault : exitCodes.ok;
}

type Read = {
  readonly options: Options;
  readonly own: { readonly repo: string; readonly json: boolean };
  readonly warnings: readonly string[];
};

/** For people each finding is written as it is made: some take seconds. */
async function collect(context: CliContext, { options, own, warnings }: Read): Promise<Finding[]> {
  const censor = createCensor(options);
  const findings: Finding[] = [];
  for await (const found of examine({ ...context, options, warnings, repo: own.repo })) {
    const finding = censor(found);
    findings.push(finding);
    if (!own.json) context.write(renderLine(finding));
  }
  if (own.json) context.write(renderJson(findings));
  return findings;
}

function renderLine({ level, about, text, remedy }: Finding): string {
  const line = `${level.padEnd('problem'.length)}  ${about}: ${text}${remedy === null ? '' : ` → ${remedy}`}`;
  return `${onOneLine(line)}\n`;
}

/** What hosts and files say may have several lines, and characters that a terminal would act on. */
function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ').replace(/\p{Cc}/gu, '?');
}

function renderJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: !findings.some(({ level }) => level === 'problem'), findings })}\n`;
}
