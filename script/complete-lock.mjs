// A registry that does not carry the binaries of every platform makes npm leave them out of the lock file, and `npm ci`
// then refuses it. This adds them: by name and exact version, as npm writes them where it finds them. Run it after
// every change of a dependency: node script/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const packages = lock.packages
const platform =
  /(android|darwin|linux|win32|freebsd|openharmony)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?:-(gnu|musl|msvc|eabi|gnueabihf|musleabihf))?$/

/** Whether a package finds another from where it is installed. */
function finds(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true
    if (!at) return false
  }
}

let added = 0
for (const [path, { optionalDependencies = {} }] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (finds(path, name)) continue
    const [, os, cpu, abi = ''] = platform.exec(name) ?? []
    if (!os || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${name}@${version} is not the binary of a platform`)
    const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') && os === 'linux' ? ['glibc'] : undefined
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      dev: true,
      ...(libc && { libc }),
      optional: true,
      os: [os],
    }
    added++
  }
}
const inOrder = Object.entries(packages).sort(([one], [other]) =>
  one === '' ? -1 : other === '' ? 1 : one.localeCompare(other, 'en'),
)
lock.packages = Object.fromEntries(inOrder)
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
process.stdout.write(`${added} added\n`)
