import type { Conversation } from '../../support/conversations/conversation.ts';
import { planned, resource, where } from './texts.ts';

const name = '.terraform.lock.hcl';
const pinned = (version: string) => `provider "registry.terraform.io/hashicorp/null" {
  version = "${version}"
}
`;
/** Tells what the engine finds beside it. */
const telling = `output "lock" {
  value = fileexists("${name}") ? sha1(file("${name}")) : "no lock file"
}
`;
const root = where('.');

/** Files that pin the versions of providers. */
export const lockFiles: readonly Conversation[] = [
  {
    name: 'a lock file of the repository is obeyed and stays as it is',
    files: { [name]: pinned('3.2.0') },
    change: { 'main.tf': telling },
    steps: [{ comment: 'atlantis plan' }],
    comments: [planned(root, '-d .', `+ lock = "`), planned(root, '-d .', '+ lock = "')],
    locks: 1,
    engine: { starting: 'init', calls: ['init -input=false', 'init -input=false'] },
  },
  {
    name: 'without a lock file in the repository each plan looks for the newest providers',
    files: { 'README.md': 'one\n' },
    change: { 'main.tf': telling },
    steps: [{ comment: 'atlantis plan' }],
    comments: [planned(root, '-d .', '+ lock = "no lock file"'), planned(root, '-d .', '+ lock = "no lock file"')],
    locks: 1,
    engine: { starting: 'init', calls: ['init -input=false -upgrade', 'init -input=false -upgrade'] },
  },
  {
    name: 'a change of the lock file alone is planned',
    files: { 'main.tf': resource, [name]: pinned('3.2.0') },
    change: { [name]: pinned('3.2.1') },
    steps: [],
    comments: [planned(root, '-d .')],
    locks: 1,
  },
];
