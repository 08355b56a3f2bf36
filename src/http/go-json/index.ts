export { decodeGoJson, goInt, goList, goString, goStruct } from './decode.ts';
export { encodeGoJson, goTime } from './encode.ts';
export { goQuote } from './quote.ts';
