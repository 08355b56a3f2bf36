import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFiles } from '../test/support/git.ts';
import { temporaryDir } from '../test/support/temp.ts';
import { slowTests } from './slow-tests.ts';

it('finds the tests that start other programs, themselves or by way of their support', async () => {
  const root = join(await temporaryDir(), 'checkout');
  await writeFiles(root, {
    'test/support/git.ts': '',
    'test/support/engine.ts': '',
    'test/support/world.ts': "import { makeRepo } from './git.ts';\n",
    'test/support/app.ts': "import { testEngine } from './engine.ts';\nimport { circle } from './circle.ts';\n",
    'test/support/circle.ts': "import { app } from './app.ts';\n",
    'src/a/git.test.ts': "import { makeRepo } from '../../test/support/git.ts';\n",
    'src/a/world.test.ts': "import {\n  openWorld,\n} from '../../test/support/world.ts';\n",
    'src/engine.test.ts': "import { testEngine } from '../test/support/engine.ts';\n",
    'src/app.test.ts': "import { openApp } from '../test/support/app.ts';\n",
    'src/pure.test.ts': "import { git } from './git/index.ts';\n",
  });
  const tests = ['a/git', 'a/world', 'engine', 'app', 'pure'].map((name) => `src/${name}.test.ts`);
  expect(slowTests(tests, root)).toEqual(['src/a/git.test.ts', 'src/a/world.test.ts', 'src/engine.test.ts']);
});
