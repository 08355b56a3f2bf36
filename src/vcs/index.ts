export { trustedAuthorities } from '../lib/trusted-authorities.ts';
export { bodyDigest } from './body-digest.ts';
export * from './capabilities.ts';
export { chooseMergeMethod, type MergeMethodChoice } from './choose-merge-method.ts';
export { headerOf, idle, ignored, problemOf, refused } from './delivery-readings.ts';
export * from './diagnosis.ts';
export { explainConnection, explainFailure } from './explain-connection.ts';
export {
  allButComments,
  createHostFetch,
  type HostFetch,
  type HostFetchOptions,
  isPassingFailure,
} from './host-fetch.ts';
export {
  type Asked,
  isLoginRefused,
  isStatus,
  notJson,
  refusal,
  refusalText,
  undefinedWhenMissing,
  understood,
} from './host-replies.ts';
export { createHosts, type Hosts } from './hosts.ts';
export { judgeLogin, judgeWriteAccess } from './judge-access.ts';
export { judgeWebhooks, missingSecret, type SeenWebhook, unseenWebhooks } from './judge-webhooks.ts';
export { type Probe, type ProbeOptions, probeSite } from './probe-site.ts';
export * from './pull-host.ts';
export { shortened } from './shortened.ts';
export { isSuperseded, superseded } from './superseded.ts';
export * from './types.ts';
export * from './webhooks.ts';
