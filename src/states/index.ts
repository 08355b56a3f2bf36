export {
  currentState,
  isCurrentState,
  type SaveResult,
  type StateKey,
  type StateVersion,
  saveState,
} from './kept-state.ts';
