/** What a step of an action begins and ends with. */
export const input = name => process.env[`INPUT_${name.toUpperCase()}`] ?? ''

export const say = text => process.stdout.write(`${text}\n`)

export function failed({ message }) {
  say(`::error::${message}`)
  process.exitCode = 1
}

// The client serves github.com alone and looks for it here.
process.env.GITHUB_SERVER_URL = 'https://github.com'
