import { size } from './arguments.ts';
import {
  type Command,
  type Definition,
  type GoFunction,
  type GoValue,
  type Node,
  type Operand,
  type Pipe,
  shortCuts,
} from './types.ts';
import { isList, isMap, isStruct, isTrue, kindOf, sortedKeys, textOf } from './values.ts';

export type TemplateSet = {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** What a template says that is not defined in the set; undefined when there is none of that name either. */
  readonly builtIn?: (name: string, dot: GoValue) => string | undefined;
};

/** Templates call each other, and could do so for ever. */
const deepest = 200;
/** What a template does keeps the server from everything else; a step for each node and each turn of a `range`. */
const mostSteps = 2_000_000;

type Variables = { readonly values: Map<string, GoValue>; readonly outer: Variables | null };
type Budget = { steps: number };
type Frame = {
  readonly set: TemplateSet;
  readonly file: string;
  readonly depth: number;
  readonly dot: GoValue;
  readonly budget: Budget;
};
type Flow = 'on' | 'break' | 'continue';

/** Writes the template of that name. Throws an `Error` that names the file and the line. */
export function execute(set: TemplateSet, name: string, dot: GoValue): string {
  return run(set, { name, dot, depth: 0, budget: { steps: mostSteps } });
}

type Call = Pick<Frame, 'dot' | 'depth' | 'budget'> & { readonly name: string };

function run(set: TemplateSet, { name, dot, depth, budget }: Call): string {
  const definition = set.definitions.get(name);
  if (!definition) {
    const text = set.builtIn?.(name, dot);
    if (text === undefined) throw new Error(`template ${JSON.stringify(name)} not defined`);
    return text;
  }
  if (depth > deepest) throw new Error(`${definition.file}: templates call each other more than ${deepest} times`);
  const out: string[] = [];
  const root: Variables = { values: new Map([['$', dot]]), outer: null };
  walk(definition.nodes, { set, file: definition.file, depth, dot, budget }, { variables: root, out });
  return out.join('');
}

type Writing = { readonly variables: Variables; readonly out: string[] };

function walk(nodes: readonly Node[], frame: Frame, { variables, out }: Writing): Flow {
  const inner: Variables = { values: new Map(), outer: variables };
  for (const node of nodes) {
    const flow = step(node, frame, { variables: inner, out });
    if (flow !== 'on') return flow;
  }
  return 'on';
}

function step(node: Node, frame: Frame, writing: Writing): Flow {
  spend(frame);
  switch (node.kind) {
    case 'text':
      writing.out.push(node.text);
      return 'on';
    case 'break':
    case 'continue':
      return node.kind;
    case 'output': {
      const value = atLine(frame, node, () => evaluate(node.pipe, frame, writing.variables));
      if (!node.pipe.variables) writing.out.push(textOf(value ?? undefined));
      return 'on';
    }
    case 'template': {
      const { set, depth, budget } = frame;
      const dot = atLine(frame, node, () => (node.pipe ? evaluate(node.pipe, frame, writing.variables) : null));
      writing.out.push(run(set, { name: node.name, dot, depth: depth + 1, budget }));
      return 'on';
    }
    case 'range':
      return stepRange(node, frame, writing);
    case 'if':
    case 'with': {
      const scope: Writing = { ...writing, variables: { values: new Map(), outer: writing.variables } };
      const value = atLine(frame, node, () => evaluate(node.pipe, frame, scope.variables));
      if (!isTrue(value)) return walk(node.otherwise, frame, scope);
      return walk(node.body, node.kind === 'with' ? { ...frame, dot: value } : frame, scope);
    }
  }
}

function stepRange(node: Extract<Node, { kind: 'range' }>, frame: Frame, { variables, out }: Writing): Flow {
  const { names, isNew } = node.pipe.variables ?? { names: [], isNew: true };
  const pipe = { ...node.pipe, variables: null };
  const entries = atLine(frame, node, () => entriesOf(evaluate(pipe, frame, variables)));
  if (entries.length === 0) return walk(node.otherwise, frame, { variables, out });
  for (const [key, value] of entries) {
    spend(frame);
    const scope: Variables = { values: new Map(), outer: variables };
    const given = names.length === 2 ? [key, value] : [value];
    for (const [at, name] of names.entries()) {
      if (isNew) scope.values.set(name, given[at]);
      else assign(scope, name, given[at]);
    }
    if (walk(node.body, { ...frame, dot: value }, { variables: scope, out }) === 'break') break;
  }
  return 'on';
}

function entriesOf(value: GoValue): (readonly [GoValue, GoValue])[] {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value.map((one, index) => [index, one] as const);
  if (isMap(value)) return sortedKeys(value).map((key) => [key, value.get(key)] as const);
  if (typeof value === 'number') return Array.from({ length: size(value) }, (_none, at) => [at, at] as const);
  throw new TypeError(`range can't iterate over ${kindOf(value)}`);
}

function spend({ budget, file }: Frame): void {
  budget.steps -= 1;
  if (budget.steps < 0) throw new Error(`${file}: a template may take no more than ${mostSteps} steps`);
}

function evaluate({ variables: set, commands }: Pipe, frame: Frame, variables: Variables): GoValue {
  const [first, ...rest] = commands;
  let value = valueOfCommand(first, { frame, variables, piped: [] });
  for (const command of rest) value = valueOfCommand(command, { frame, variables, piped: [value] });
  for (const name of set?.names ?? []) {
    if (set?.isNew) variables.values.set(name, value);
    else assign(variables, name, value);
  }
  return value;
}

type At = { readonly frame: Frame; readonly variables: Variables; readonly piped: readonly GoValue[] };

function valueOfCommand([first, ...args]: Command, at: At): GoValue {
  if (first.kind !== 'function') {
    if (args.length + at.piped.length > 0) throw new TypeError(`can't give an argument to a ${first.kind}`);
    return valueOfOperand(first, at);
  }
  const { name } = first;
  if (shortCuts.includes(name)) return shortCut(name, args, at);
  const call = at.frame.set.functions.get(name);
  if (!call) throw new TypeError(`function ${JSON.stringify(name)} not defined`);
  try {
    return call(...args.map((operand) => valueOfOperand(operand, { ...at, piped: [] })), ...at.piped);
  } catch (error) {
    throw new TypeError(`error calling ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function shortCut(name: string, args: readonly Operand[], at: At): GoValue {
  let value: GoValue;
  for (const operand of args) {
    value = valueOfOperand(operand, { ...at, piped: [] });
    if (isTrue(value) === (name === 'or')) return value;
  }
  return at.piped.length > 0 ? at.piped[0] : value;
}

function valueOfOperand(operand: Operand, at: At): GoValue {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'field':
      return follow(at.frame.dot, operand.path);
    case 'variable':
      return follow(lookUp(at.variables, operand.name), operand.path);
    case 'pipe':
      return follow(evaluate(operand.pipe, at.frame, at.variables), operand.path);
    case 'function':
      return valueOfCommand([operand], at);
  }
}

function follow(start: GoValue, path: readonly string[]): GoValue {
  return path.reduce<GoValue>((value, field) => {
    if (isMap(value)) return value.get(field);
    // What a map does not have, has no fields that are missed.
    if (value === undefined) return undefined;
    if (isStruct(value) && Object.hasOwn(value, field)) return value[field];
    if (value === null) throw new TypeError(`nil has no field ${field}`);
    throw new TypeError(`can't evaluate field ${field} in type ${kindOf(value)}`);
  }, start);
}

function lookUp(variables: Variables, name: string): GoValue {
  for (let scope: Variables | null = variables; scope; scope = scope.outer) {
    if (scope.values.has(name)) return scope.values.get(name);
  }
  throw new TypeError(`undefined variable ${JSON.stringify(name)}`);
}

function assign(variables: Variables, name: string, value: GoValue): void {
  for (let scope: Variables | null = variables; scope; scope = scope.outer) {
    if (scope.values.has(name)) return void scope.values.set(name, value);
  }
  throw new TypeError(`undefined variable ${JSON.stringify(name)}`);
}

function atLine<T>({ file }: Frame, { line }: { readonly line: number }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${file}:${line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
