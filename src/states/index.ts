export { currentState, type SaveResult, type StateKey, saveState } from './kept-state.ts';
