/** What a template works on. An object is a Go struct, whose fields are known; a Map is a Go map. */
export type GoValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [field: string]: GoValue };

/** Takes the arguments as they come; throws with a reason that people can read. */
export type GoFunction = (...args: GoValue[]) => GoValue;

/** Part of the language itself, since they look at no more of their arguments than they need. */
export const shortCuts: readonly string[] = ['and', 'or'];

export type Operand =
  | { readonly kind: 'literal'; readonly value: GoValue }
  /** Of the dot; an empty path is the dot itself. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[] };

/** An operand, and what it is called with. */
export type Command = readonly [Operand, ...Operand[]];

export type Pipe = {
  /** `$x := …`, `$x = …`, and for `range` also `$i, $x := …`. */
  readonly variables: { readonly names: readonly string[]; readonly isNew: boolean } | null;
  readonly commands: readonly [Command, ...Command[]];
};

type Parts = { readonly body: readonly Node[]; readonly otherwise: readonly Node[] };

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipe: Pipe; readonly line: number }
  | ({ readonly kind: 'if' | 'with'; readonly pipe: Pipe; readonly line: number } & Parts)
  | ({ readonly kind: 'range'; readonly pipe: Pipe; readonly line: number } & Parts)
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | null; readonly line: number }
  | { readonly kind: 'break' | 'continue' };

/** What `define` gives a name. `file` is for messages. */
export type Definition = { readonly file: string; readonly nodes: readonly Node[] };
