/**
 * In place of `node:https` in packages: TLS takes longer to load than the manifests of a small repository take to read, so it
 * is loaded when they use it.
 */
const https = () => process.getBuiltinModule('node:https')

export default {
  get Agent() {
    return https().Agent
  },
  get request() {
    return https().request
  },
}
