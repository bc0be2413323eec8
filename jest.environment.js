import { setMaxListeners } from 'node:events'
import vm from 'node:vm'
import { TestEnvironment } from 'jest-environment-node'

// Everything that waits listens to the signal of its run, as in src/index.ts: as much as there are particles, and no leak.
setMaxListeners(0)

/** Jest's environment for Node without two things that Jest and Node make slow, and that no test is about. */
export default class QuickEnvironment extends TestEnvironment {
  constructor(config, context) {
    // In Jest's own context every use of a global, such as `Array` or `Object`, goes through a proxy and takes a hundred times as long.
    // Node before 20.18 has no other kind of context.
    const { createContext } = vm
    vm.createContext = () => createContext(vm.constants?.DONT_CONTEXTIFY)
    try {
      super(config, context)
    } finally {
      vm.createContext = createContext
    }
    Object.assign(this.global, withoutDelayOfNothing(this.global))
  }
}

/** Node makes a millisecond of a delay of 0, and the limiters inside of Octokit's plugins set a dozen such timers for each call. */
function withoutDelayOfNothing({ setTimeout, clearTimeout, setImmediate, clearImmediate }) {
  const immediates = new WeakSet()
  return {
    setTimeout: Object.assign((run, delay, ...given) => {
      if (delay !== 0) return setTimeout(run, delay, ...given)
      const immediate = setImmediate(run, ...given)
      immediates.add(immediate)
      return immediate
    }, setTimeout),
    clearTimeout: timer => (immediates.has(timer) ? clearImmediate(timer) : clearTimeout(timer)),
  }
}
