import picomatch from 'picomatch'
import type { SensitivityPolicy } from '../compare/sensitivity.ts'
import type { Inputs } from '../inputs.ts'

/** The inputs that hide values, as one policy. `reveal-environment` takes globs; `!glob` excludes names. */
export function sensitivityPolicyOf({
  variables,
  secretVariables,
  releaseVariables,
  revealEnvironment,
}: Inputs): SensitivityPolicy {
  // To the matcher, one excluded name among others would mean every name but that.
  const excludes = (glob: string) => glob.startsWith('!') && !glob.startsWith('!(')
  const shown = revealEnvironment.filter(glob => !excludes(glob))
  const excluded = revealEnvironment.filter(excludes).map(glob => glob.slice(1))
  const revealed = shown.length > 0 ? picomatch(shown, { ignore: excluded }) : () => false
  const secretValues = [...secretVariables].map(name => variables.get(name) ?? '').filter(value => value !== '')
  return { secretVariables, secretValues, releaseVariables, revealed: name => revealed(name) }
}
