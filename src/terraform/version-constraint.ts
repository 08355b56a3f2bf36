import { compare, parse, type SemVer } from 'semver';

/** Whether a version fits, decided as the engines do: https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
export type VersionConstraint = {
  /** As written. */
  readonly text: string;
  /** The one version it allows, when it is exact (`1.5.7`, `= 1.5.7`); null otherwise. */
  readonly exact: string | null;
  allows(version: string): boolean;
};

/**
 * Understands `1.5.7`, `>= 1.5, < 2.0`, `~> 1.5`, `!= 1.6.0`. Undefined when the text is none. Differences from the
 * ranges of npm: parts that are missing are zeros in every operator, conditions are separated by commas, and a
 * pre-release fits only a condition that names a pre-release of the same version.
 */
export function parseVersionConstraint(text: string): VersionConstraint | undefined {
  const conditions = text.split(',').map(parseCondition);
  if (!conditions.every((condition) => condition !== undefined)) return undefined;
  const [first, second] = conditions;
  return {
    text,
    exact: first?.operator === '=' && second === undefined ? first.version.version : null,
    allows: (version) => {
      const candidate = parse(version);
      return candidate !== null && conditions.every((condition) => holds(condition, candidate));
    },
  };
}

/** The highest of the versions that the constraint allows; without one the highest release. Order does not matter. */
export function highestVersion(versions: readonly string[], constraint: VersionConstraint | null): string | undefined {
  const fitting = versions.filter((version) => {
    const parsed = parse(version);
    return parsed !== null && (constraint === null ? parsed.prerelease.length === 0 : constraint.allows(version));
  });
  return fitting.toSorted(compare).at(-1);
}

type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '~>';
type Condition = {
  readonly operator: Operator;
  readonly version: SemVer /** How many parts were written. */;
  readonly parts: number;
};

function parseCondition(text: string): Condition | undefined {
  const match = /^\s*(=|!=|>=|<=|~>|>|<)?\s*v?(\d+(?:\.\d+){0,2})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\s*$/.exec(text);
  const [, operator = '=', numbers, prerelease = ''] = match ?? [];
  if (numbers === undefined) return undefined;
  const parts = numbers.split('.');
  const [major = '0', minor = '0', patch = '0'] = parts;
  const version = parse(`${[major, minor, patch].map(Number).join('.')}${prerelease}`);
  return version === null ? undefined : { operator: operator as Operator, version, parts: parts.length };
}

function holds({ operator, version, parts }: Condition, candidate: SemVer): boolean {
  const order = candidate.compare(version);
  if (operator === '=') return order === 0;
  if (operator === '!=') return order !== 0;
  if (!prereleaseFits(version, candidate)) return false;
  switch (operator) {
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '~>':
      return order >= 0 && fitsPessimistically(version, parts, candidate);
  }
}

function prereleaseFits(wanted: SemVer, candidate: SemVer): boolean {
  return candidate.prerelease.length === 0 || (wanted.prerelease.length > 0 && wanted.compareMain(candidate) === 0);
}

/** `~>`: only the last part that was written may grow. */
function fitsPessimistically(wanted: SemVer, parts: number, candidate: SemVer): boolean {
  if (wanted.prerelease.length > 0 && candidate.prerelease.length === 0) return false;
  const fixed = (['major', 'minor', 'patch'] as const).slice(0, parts - 1);
  return fixed.every((part) => wanted[part] === candidate[part]);
}
