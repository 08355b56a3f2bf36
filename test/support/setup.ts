import { runFileCleanups } from './cleanup.ts';
import { failOnLeaks } from './leaks.ts';

failOnLeaks();
runFileCleanups();
